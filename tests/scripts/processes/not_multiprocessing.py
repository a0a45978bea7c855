"""Raw forks, posix_spawn and subprocess, Pythons and not, with the environment and without it; no multiprocessing."""

import os
import subprocess
import sys

code = os.waitstatus_to_exitcode
pid = os.fork()
if pid == 0:
    os._exit(4)
print("fork", code(os.waitpid(pid, 0)[1]))
pid = os.fork()
if pid == 0:
    inner = os.fork()
    if inner == 0:
        os._exit(6)
    os._exit(code(os.waitpid(inner, 0)[1]) + 1)
print("forks", code(os.waitpid(pid, 0)[1]))
pid = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 5"], os.environ)
print("posix_spawn", code(os.waitpid(pid, 0)[1]))
print("run", subprocess.run(["sh", "-c", "exit 3"]).returncode)
print("shell", subprocess.run("exit 2", shell=True).returncode)
print(
    "python", subprocess.run([sys.executable, "-c", "print('from python', flush=True); raise SystemExit(9)"]).returncode
)
shown = "import os, sys; print(sorted(os.environ), flush=True)"
print("env", subprocess.run([sys.executable, "-c", shown], env={"LC_ALL": "C.UTF-8", "A": "1"}).returncode)
print("empty", subprocess.run([sys.executable, "-c", shown], env={}).returncode)
print("path", subprocess.run([sys.executable, "-c", "import os; print(os.environ['PYTHONPATH'])"],
                             env={"PYTHONPATH": "/nowhere", "LC_ALL": "C.UTF-8"}).returncode)  # fmt: skip
print("isolated", subprocess.run([sys.executable, "-I", "-c", "raise SystemExit(8)"]).returncode)
print("killed", subprocess.run(["sh", "-c", "kill -9 $$"]).returncode)
try:
    subprocess.run(["/nonexistent/program"])
except FileNotFoundError as error:
    print(error)
process = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(process.communicate(b"through cat"), process.returncode)
print("os.system", os.system("exit 1"))
with os.popen("echo popen") as file:
    print(file.read())
print([name for name in sorted(sys.modules) if name.startswith(("multiprocessing", "ast", "_ast"))])
