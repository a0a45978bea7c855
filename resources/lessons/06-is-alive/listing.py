import random
from multiprocessing import Process

def heavy_op1(i, n):
    print("Function idx:", i, len(sorted([random.random() for _ in range(n)])))

if __name__ == "__main__":
    p1 = Process(target=heavy_op1, args=(1, 300_000))
    p2 = Process(target=heavy_op1, args=(2, 1_000_000))
    p1.start()
    p2.start()
    print("before:", p1.is_alive(), p2.is_alive())
    p1.join()
    p2.join(timeout=0.01)
    print("after:", p1.is_alive(), p2.is_alive())
