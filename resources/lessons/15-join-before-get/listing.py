from multiprocessing import Process, Queue


def work(queue):
    queue.put("x" * 1_000_000)


if __name__ == "__main__":
    queue = Queue()
    p = Process(target=work, args=(queue,))
    p.start()
    p.join(timeout=2)
    print("after join: alive", p.is_alive())
    print("got", len(queue.get()), "characters")
    p.join()
