import time
from multiprocessing import Process


def work():
    print("work: done")


if __name__ == "__main__":
    p = Process(target=work)
    p.start()
    time.sleep(1.4)
    p.join()
    time.sleep(1)
    print("parent: last line")
