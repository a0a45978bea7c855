"""Exceptions in every place where one can end something: a target, tasks, threads, a queue's feeder, start(), the program."""

import concurrent.futures
import multiprocessing
import threading


class OwnError(Exception):
    def __str__(self):
        return "its own words"


def fails(number):
    raise ValueError(f"bad value {number}")


def opens(number):
    with open("/nonexistent/file"):
        pass


def own(number):
    raise OwnError({"number": number})


def quiet(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return error


def cannot_be_sent(number):
    return open("/dev/null")


if __name__ == "__main__":
    worker = multiprocessing.Process(target=fails, args=(1,))
    worker.start()
    worker.join()
    thread = threading.Thread(target=fails, args=(2,), name="a thread")
    thread.start()
    thread.join()
    queue = multiprocessing.Queue()
    queue.put(lambda: 0)
    queue.close()
    queue.join_thread()
    with multiprocessing.Pool(1) as pool:
        for function in (fails, opens, own, cannot_be_sent):
            quiet(pool.apply, function, (3,))
        pool.close()
        pool.join()
    for kind in (concurrent.futures.ProcessPoolExecutor, concurrent.futures.ThreadPoolExecutor):
        with kind(1) as executor:
            quiet(executor.submit(fails, 4).result)
    worker.close()
    quiet(worker.join)
    fails(5)
