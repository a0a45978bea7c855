"""Each worker waits for the end of its pipe, which a later sibling inherited by fork and keeps open."""

import multiprocessing as mp


def work(conn):
    try:
        while True:
            print("got", conn.recv(), flush=True)
    except EOFError:
        pass


if __name__ == "__main__":
    fork = mp.get_context("fork")
    workers, ends = [], []
    for n in range(2):
        mine, theirs = fork.Pipe()
        workers.append(fork.Process(target=work, args=(theirs,), name=f"reader-{n}"))
        workers[-1].start()
        theirs.close()
        ends.append(mine)
    for end in ends:
        end.send("job")
        end.close()
    for w in workers:
        w.join()
    print("done", flush=True)
