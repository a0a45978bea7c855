"""The parent keeps the writing end of the pipe open, so that its recv() never sees the end of the child."""

import multiprocessing as mp


def produce(writer):
    for n in range(3):
        writer.send(n)
    writer.close()


if __name__ == "__main__":
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=produce, args=(writer,), name="producer")
    child.start()
    while True:
        try:
            print(reader.recv(), flush=True)
        except EOFError:
            break
    child.join()
