"""As r40, flushed."""

import os

if __name__ == "__main__":
    pid = os.fork()
    if pid == 0:
        print("result of the child: 42", flush=True)
        os._exit(0)
    os.waitpid(pid, 0)
    print("parent done", flush=True)
