from multiprocessing import Process


def work(name):
    print(name, "is done")


if __name__ == "__main__":
    Process(target=work, args=("A",)).start()
    Process(target=work, args=("B",)).start()
    print("parent: last line", flush=True)
