"""A task raises between acquire() and release(): all others wait for the lock."""

import multiprocessing as mp


def take_over(made):
    global write_lock
    write_lock = made


def save(row):
    write_lock.acquire()
    if row == 3:
        raise ValueError(f"bad row {row}")
    write_lock.release()
    return row


if __name__ == "__main__":
    with mp.Pool(2, take_over, (mp.Lock(),)) as pool:
        print(pool.map(save, range(10), chunksize=1), flush=True)
