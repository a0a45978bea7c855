"""How long a Chrome trace takes to open, and how much memory, beside `json.load` of the same file.

Usage: python tests/benchmarks/importing.py [EVENTS]. Each reading is a process of its own; the ratio is what counts.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

EVENTS = 300_000
_MEASURE = """
import json, resource, sys, time
from pathlib import Path
import numpy, workers.formats.chrome_reader as reader
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before, began = peak(), time.perf_counter()
path = Path(sys.argv[2])
kept = reader.read(path) if sys.argv[1] == "open" else json.load(path.open("rb"))
print(json.dumps([time.perf_counter() - began, peak() - before]))
"""


def write(path: Path, form: str, events: int) -> None:
    """A trace of about so many events."""
    choose = random.Random(1)
    base = 1_700_000_000_000_000 if form == "epoch" else 0
    with path.open("w") as file:
        file.write("[\n")
        for number in range(events // (1 if form in ("complete", "epoch") else 2)):
            at, lasts = base + number * 8 + choose.random(), choose.random() * 5
            head = f'"pid":{number % 4},"tid":{number % 8},"name":"function {number % 500} (module.py:{number % 90})"'
            if form in ("complete", "epoch"):
                file.write(f'{{"ph":"X",{head},"ts":{at:.3f},"dur":{lasts:.3f},"args":{{"n":{number}}}}},\n')
            else:
                begin, end, more = (
                    ("B", "E", "") if form == "begin and end" else ("b", "e", f',"cat":"io","id":"{number}"')
                )
                file.write(
                    f'{{"ph":"{begin}",{head},"ts":{at:.3f}{more}}},\n{{"ph":"{end}",{head},"ts":{at + lasts:.3f}{more}}},\n'
                )
        file.write("{}]\n")


def measure(how: str, path: Path) -> tuple[float, float]:
    """(seconds, bytes more at the peak)"""
    done = subprocess.run([sys.executable, "-c", _MEASURE, how, str(path)], check=True, capture_output=True, text=True)
    seconds, more = json.loads(done.stdout)
    return seconds, more


def main() -> int:
    """Prints the table."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    print(f"{events:,} events         opened        json.load     time  memory")
    for form in ("complete", "begin and end", "asynchronous", "epoch"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trace.json"
            write(path, form, events)
            ours, theirs = measure("open", path), measure("load", path)
        cells = [f"{seconds:5.2f} s {more / events:5.0f} B" for seconds, more in (ours, theirs)]
        print(f"{form:18} {cells[0]:>14}  {cells[1]:>14}  {ours[0] / theirs[0]:6.2f}  {ours[1] / theirs[1]:6.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
