"""As r25, with communicate()."""

import subprocess
import sys

if __name__ == "__main__":
    child = subprocess.Popen([sys.executable, "-c", "print('x' * 200_000)"], stdout=subprocess.PIPE)
    print(len(child.communicate()[0]), flush=True)
