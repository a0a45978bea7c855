"""Two sub-interpreters, one of which fails, and a process started beside them; and a pool of them, where there is one."""

import multiprocessing as mp
import sys

INSIDE = """
import os, sys
print("inside", [name for name in sorted(os.environ) if "PROCESSION" in name or name == "PYTHONPATH"],
      [path for path in sys.path if path.endswith("inject")], len(sys.meta_path),
      [name for name in ("_signal", "mmap", "sitecustomize", "_procession_probe") if name in sys.modules], flush=True)
import multiprocessing.process
"""


def run(text):
    if sys.version_info < (3, 13):
        import _xxsubinterpreters as interpreters
    else:
        import _interpreters as interpreters
    number = interpreters.create()
    try:
        failed = getattr(interpreters, "exec", getattr(interpreters, "run_string", None))(number, text)
    except interpreters.RunFailedError as error:
        failed = error
    interpreters.destroy(number)
    return failed is not None


def work():
    print("a worker fails inside:", run("1 / 0"), flush=True)


if __name__ == "__main__":
    print("fails:", run(INSIDE), run("raise LookupError"), flush=True)
    worker = mp.get_context("spawn").Process(target=work, name="beside")
    worker.start()
    worker.join()
    if sys.version_info >= (3, 14):
        from concurrent.futures import InterpreterPoolExecutor

        with InterpreterPoolExecutor(2) as pool:
            print(list(pool.map(abs, range(-2, 3))), flush=True)
    print("over", worker.exitcode, flush=True)
