"""As r40, but all that is in the children's buffers is their parent's, which prints it at its end."""

import os
import time

if __name__ == "__main__":
    print("beginning", end=" ")
    print("with many words")
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            os.write(1, b"of a child\n")
            os._exit(0)
        os.waitpid(pid, 0)
    time.sleep(0.5)
    print("end")
