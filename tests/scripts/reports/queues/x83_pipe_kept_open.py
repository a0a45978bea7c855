"""A command ends, but what it started in the background keeps its output open."""

import subprocess

if __name__ == "__main__":
    shell = subprocess.Popen(["sh", "-c", "sleep 90 & echo started"], stdout=subprocess.PIPE, text=True)
    print(shell.communicate()[0], flush=True)
