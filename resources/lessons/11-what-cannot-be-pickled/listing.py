import multiprocessing as mp

if __name__ == "__main__":
    spawn = mp.get_context("spawn")
    p1 = spawn.Process(target=print, args=("p1: print runs",))
    p1.start()
    p1.join()
    p2 = spawn.Process(target=lambda: print("p2: the lambda runs"))
    try:
        p2.start()
    except Exception as error:
        print("p2:", type(error).__name__)
