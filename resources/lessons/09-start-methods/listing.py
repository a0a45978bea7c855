import multiprocessing as mp

value = "as in the file"


def work():
    print("child:", value)


if __name__ == "__main__":
    value = "as the parent set it"
    print("start method:", mp.get_start_method(), flush=True)
    p = mp.Process(target=work)
    p.start()
    p.join()
