"""Two threads of one process take two locks in opposite order."""

import threading
import time

accounts, audit = threading.Lock(), threading.Lock()


def transfer():
    with accounts:
        time.sleep(0.2)
        with audit:
            print("transferred", flush=True)


def report():
    with audit:
        time.sleep(0.2)
        with accounts:
            print("reported", flush=True)


if __name__ == "__main__":
    threads = [threading.Thread(target=transfer, name="transfer"), threading.Thread(target=report, name="report")]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
