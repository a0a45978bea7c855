import time
from multiprocessing import Process


def work():
    time.sleep(2)
    print("work: done")


if __name__ == "__main__":
    p = Process(target=work, daemon=True)
    p.start()
    time.sleep(0.7)
    print("parent: last line")
