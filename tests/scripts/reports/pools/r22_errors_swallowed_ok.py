"""As r22, with tasks that work."""

import multiprocessing as mp


def convert(path, shell):
    return path + shell


if __name__ == "__main__":
    pool = mp.Pool(2)
    jobs = [pool.apply_async(convert, (f"/nonexistent/image-{n}", "b1000")) for n in range(6)]
    pool.close()
    pool.join()
    for job in jobs:
        job.get()
    print("all images converted", flush=True)
