"""The parent closes its own copy of the writing end."""

import multiprocessing as mp


def produce(writer):
    for n in range(3):
        writer.send(n)
    writer.close()


if __name__ == "__main__":
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=produce, args=(writer,), name="producer")
    child.start()
    writer.close()
    while True:
        try:
            print(reader.recv(), flush=True)
        except EOFError:
            break
    child.join()
