import time
from multiprocessing import Process


def work():
    time.sleep(1)
    print("work: done")


if __name__ == "__main__":
    p = Process(target=work)
    p.start()
    print("parent: start() has returned", flush=True)
    p.join()
    print("parent: join() has returned")
