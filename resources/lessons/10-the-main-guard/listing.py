import multiprocessing as mp

print("running the file as", __name__, flush=True)

if True:
    spawn = mp.get_context("spawn")
    p = spawn.Process(target=print, args=("hello from the child",))
    p.start()
    p.join()
    print("parent: the child has exit code", p.exitcode)
