"""wait() on a subprocess whose output goes to a PIPE that nobody reads: it blocks in write() for ever."""

import subprocess
import sys

if __name__ == "__main__":
    child = subprocess.Popen([sys.executable, "-c", "print('x' * 200_000)"], stdout=subprocess.PIPE)
    child.wait()
    print(len(child.stdout.read()), flush=True)
