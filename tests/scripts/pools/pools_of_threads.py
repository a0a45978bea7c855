"""A pool of threads is no pool of processes."""

from multiprocessing.pool import ThreadPool


def square(x):
    if x == 3:
        raise ValueError("three")
    return x * x


if __name__ == "__main__":
    with ThreadPool(3) as pool:
        print(pool.map(square, [1, 2]))
        try:
            pool.apply(square, (3,))
        except ValueError as error:
            print(error)
