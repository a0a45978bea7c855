import sys
import time
from multiprocessing import Process

if __name__ == "__main__":
    p1 = Process(target=sys.exit, args=(3,))
    p2 = Process(target=time.sleep, args=(60,))
    p3 = Process(target=time.sleep, args=(60,))
    for p in (p1, p2, p3):
        p.start()
    p2.terminate()
    p3.kill()
    for p in (p1, p2, p3):
        p.join()
        print(p.name, "has exit code", p.exitcode)
