"""Interrupts workers; ends the workers of executors that run tasks, and of one that ran none. For 3.14 and newer."""

import multiprocessing as mp
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor


def sleeps(event):
    event.set()
    time.sleep(60)


def dies_of_it(event):
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sleeps(event)


def survives(event):
    try:
        sleeps(event)
    except KeyboardInterrupt:
        print("survived", flush=True)


def task(number, began):
    began.release()
    time.sleep(60)


def interrupts(method):
    context = mp.get_context(method)
    for target in (sleeps, dies_of_it, survives):
        event = context.Event()
        worker = context.Process(target=target, args=(event,), name=target.__name__)
        worker.start()
        event.wait()
        worker.interrupt()  # it lives
        worker.join()
        print(target.__name__, worker.exitcode, flush=True)
    worker.close()
    try:
        worker.interrupt()
    except ValueError as error:
        print(error, flush=True)


def ends(method, how):
    with mp.get_context(method).Manager() as manager:
        began = manager.Semaphore(0)
        pool = ProcessPoolExecutor(3, mp_context=mp.get_context(method))
        futures = [pool.submit(task, number, began) for number in range(3)]
        for _ in futures:
            began.acquire()
        workers, joins_them = list(pool._processes.values()), pool._executor_manager_thread
        getattr(pool, how)()
        joins_them.join()  # two threads must not join one process: under forkserver one of them gets no exit code
        print(how, sorted(worker.exitcode for worker in workers), flush=True)
        print([type(future.exception(20)).__name__ for future in futures], flush=True)


if __name__ == "__main__":
    method = sys.argv[1]
    if "interrupt" in sys.argv[2:]:
        interrupts(method)
    for how in sys.argv[2:]:
        if how != "interrupt":
            ends(method, how)
            getattr(ProcessPoolExecutor(2), how)()
