"""apply_async() whose get() is never called: every task fails, nothing is said, exit code 0."""

import multiprocessing as mp


def convert(path, shell):
    return open(path).read() + shell


if __name__ == "__main__":
    pool = mp.Pool(2)
    for n in range(6):
        pool.apply_async(convert, (f"/nonexistent/image-{n}", "b1000"))
    pool.close()
    pool.join()
    print("all images converted", flush=True)
