"""The lock is taken in a with statement."""

import multiprocessing as mp


def take_over(made):
    global write_lock
    write_lock = made


def save(row):
    with write_lock:
        if row == 3:
            raise ValueError(f"bad row {row}")
    return row


if __name__ == "__main__":
    with mp.Pool(2, take_over, (mp.Lock(),)) as pool:
        results = [pool.apply_async(save, (row,)) for row in range(10)]
        for result in results:
            result.wait()
        print(sum(result.successful() for result in results), flush=True)
