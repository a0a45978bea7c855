import time
from multiprocessing import Process


def work(name):
    time.sleep(0.7)
    print(name, "is done")


if __name__ == "__main__":
    for name in ("A", "B"):
        p = Process(target=work, args=(name,))
        p.start()
        p.join()
    print("all done")
