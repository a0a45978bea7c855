"""communicate() closes the input."""

import subprocess

if __name__ == "__main__":
    sort = subprocess.Popen(["sort"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    print(sort.communicate("b\na\n")[0], flush=True)
