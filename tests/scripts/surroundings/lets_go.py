"""Has a pipe to write to as descriptor 7 and one to read from as 8. Closes both when told on standard input, and lives on."""

import os
import sys

print("ready", flush=True)
sys.stdin.readline()
os.close(7)
os.close(8)
print("closed", flush=True)
sys.stdin.readline()
