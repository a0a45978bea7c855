"""A sentinel instead of the end of the pipe."""

import multiprocessing as mp


def work(conn):
    while (job := conn.recv()) is not None:
        print("got", job, flush=True)


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
        end.send(None)
        end.close()
    for w in workers:
        w.join()
    print("done", flush=True)
