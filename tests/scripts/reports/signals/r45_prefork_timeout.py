"""A prefork server: the master kills a worker that does not beat in time, and starts another one, again and again."""

import os
import signal
import time


def worker(beat):
    os.write(beat, b".")
    time.sleep(60)  # a request that takes too long: no beat


if __name__ == "__main__":
    for generation in range(3):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            worker(writing)
            os._exit(0)
        os.close(writing)
        os.read(reading, 1)
        time.sleep(1)
        print(f"WORKER TIMEOUT (pid:{pid})".split("(")[0], flush=True)
        os.kill(pid, signal.SIGABRT)
        os.waitpid(pid, 0)
        os.close(reading)
