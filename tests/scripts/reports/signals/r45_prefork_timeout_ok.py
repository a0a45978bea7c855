"""As r45 with workers that end in time."""

import os
import time


def worker(beat):
    os.write(beat, b".")
    time.sleep(0.3)


if __name__ == "__main__":
    for generation in range(3):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            worker(writing)
            os._exit(0)
        os.close(writing)
        os.read(reading, 1)
        os.waitpid(pid, 0)
        os.close(reading)
    print("served", flush=True)
