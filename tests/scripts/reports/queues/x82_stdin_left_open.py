"""A command reads to the end of its input, which the program never closes."""

import subprocess

if __name__ == "__main__":
    sort = subprocess.Popen(["sort"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    sort.stdin.write("b\na\n")
    sort.stdin.flush()
    sort.wait()
    print(sort.stdout.read(), flush=True)
