"""Puts other programs in the place of this one and of its children: Pythons, this script again, and a shell."""

import multiprocessing as mp
import os
import sys

SHELL = "/bin/sh"


def say(text):
    print(text, flush=True)


def nothing():
    pass


def to_shell(code):
    os.execv(SHELL, ["sh", "-c", f"echo shell; exit {code}"])


def to_python():
    os.execv(sys.executable, [sys.executable, __file__, "child"])


def to_bare_python():
    os.execve(sys.executable, [sys.executable, "-c", "raise SystemExit(6)"], {"LC_ALL": "C.UTF-8"})


def forked(run):
    pid = os.fork()
    if pid == 0:
        run()
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def started(name, target, *arguments):
    process = context.Process(target=target, args=arguments, name=name)
    process.start()
    process.join()
    return process.exitcode


def first():
    say(f"forks {forked(lambda: to_shell(3))} {forked(to_python)} {forked(to_bare_python)}")
    say(f"workers {started('shell', to_shell, 5)} {started('python', to_python)}")
    say(f"before {started('before', nothing)}")
    try:
        os.execv("/nonexistent/program", ["program"])
    except OSError as error:
        say(error)
    os.execv(sys.executable, [sys.executable, __file__, "again"])


def again():
    say(f"after {started('after', nothing)} {started('also after', to_shell, 9)}")
    say(sorted(name for name in os.environ if "PROCESSION" in name or name == "PYTHONPATH"))
    os.execlp("sh", "sh", "-c", "echo last; exit 7")


def child():
    say(f"inner {started('inner', nothing)} {sys.argv[1:]}")
    sys.exit(4)


if __name__ == "__main__":
    context = mp.get_context("fork")
    {"first": first, "again": again, "child": child}[sys.argv[1]]()
