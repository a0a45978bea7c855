import os
from multiprocessing import Process

def heavy_op1(i, parent):
    print("Function idx:", i)
    print("  has the pid of the program:", os.getpid() == parent)
    print("  was made by the program itself:", os.getppid() == parent)

if __name__ == "__main__":
    p1 = Process(target=heavy_op1, args=(1, os.getpid()))
    p2 = Process(target=heavy_op1, args=(2, os.getpid()))
    p1.start()
    p2.start()
    p1.join()
    p2.join()
