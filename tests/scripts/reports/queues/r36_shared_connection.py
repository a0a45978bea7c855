"""One database connection, opened before fork, is used by two workers: each gets the other's answers."""

import multiprocessing as mp
import socket
import threading
import time


def answer(connection):
    with connection, connection.makefile("rw") as lines:
        for line in lines:
            time.sleep(0.002)
            lines.write(f"answer to {line}")
            lines.flush()


def serve(listener):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection,), daemon=True).start()


def query(name):
    wrong = 0
    for n in range(50):
        asked = f"{name}-{n}\n"
        database.sendall(asked.encode())
        got = database.recv(1000).decode()
        wrong += got != f"answer to {asked}"
    if wrong:
        raise RuntimeError(f"{name}: decryption failed or bad record")


if __name__ == "__main__":
    mp.set_start_method("fork")
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    database = socket.create_connection(listener.getsockname())
    database.settimeout(2)
    workers = [mp.Process(target=query, args=(name,), name=name) for name in ("load", "index")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print([worker.exitcode for worker in workers], flush=True)
