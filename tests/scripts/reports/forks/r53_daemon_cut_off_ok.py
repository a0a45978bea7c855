"""As r53, joined."""

import multiprocessing as mp
import os
import tempfile
import time


def save(path):
    with open(path, "w") as out:
        for n in range(10):
            out.write(f"{n}\n")
            out.flush()
            time.sleep(0.2)


if __name__ == "__main__":
    path = os.path.join(tempfile.mkdtemp(), "results.txt")
    writer = mp.Process(target=save, args=(path,), daemon=True, name="writer")
    writer.start()
    time.sleep(0.7)
    writer.join()
    print("computed everything", flush=True)
