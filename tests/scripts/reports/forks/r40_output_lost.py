"""A child prints and leaves with os._exit(): into a file or pipe its buffered output is lost."""

import os

if __name__ == "__main__":
    pid = os.fork()
    if pid == 0:
        print("result of the child: 42")
        os._exit(0)
    os.waitpid(pid, 0)
    print("parent done", flush=True)
