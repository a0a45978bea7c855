"""As r36, with a client object that reads lines, in a Pool."""

import multiprocessing as mp
import socket
import threading


def serve(listener):
    connection, _ = listener.accept()
    with connection, connection.makefile("rw") as lines:
        for line in lines:
            lines.write(line)
            lines.flush()


class Client:
    def __init__(self, address):
        self.lines = socket.create_connection(address).makefile("rw")

    def ask(self, n):
        self.lines.write(f"{n}\n")
        self.lines.flush()
        return int(self.lines.readline())


def work(n):
    got = client.ask(n)
    if got != n:
        raise ValueError(f"asked for {n}, got {got}")


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    client = Client(listener.getsockname())
    with mp.get_context("fork").Pool(2) as pool:
        pool.map(work, range(200), chunksize=1)
