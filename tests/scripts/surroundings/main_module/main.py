"""The main module of a folder, a zip file or a package: processes and a pool, under fork and spawn."""

import multiprocessing as mp
import sys

if __package__:
    from tool import work
else:
    import work

if __name__ == "__main__":
    spec = __spec__ and __spec__.name
    print(__file__, sys.argv, sys.path[0], repr(__package__), spec, sorted(n for n in globals() if n[0] == "_"))
    forked = mp.get_context("fork").Process(target=work.fails, name="forked")
    spawned = mp.get_context("spawn").Process(target=work.ends, args=(4,), name="spawned")
    for process in (forked, spawned):
        process.start()
        process.join()
        print(process.exitcode)
    with mp.get_context("spawn").Pool(1) as pool:
        print(pool.map(work.twice, range(3), 1))
    sys.exit(3)
