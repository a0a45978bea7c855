import time
from multiprocessing import Process


def work():
    time.sleep(2)
    print("work: done")


if __name__ == "__main__":
    p = Process(target=work)
    p.start()
    time.sleep(1)
    p.join()
    print("parent: join() has returned")
