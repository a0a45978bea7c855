from multiprocessing import Process

N = 100_000

def work(count):
    sum(range(N // count))

if __name__ == "__main__":
    for count in (1, 1, 8):
        processes = [Process(target=work, args=(count,)) for _ in range(count)]
        for p in processes:
            p.start()
        for p in processes:
            p.join()
        print("done by", count)
