"""Measures the time and memory that writing a Chrome trace takes, for runs and traces of several sizes.

Usage: python tests/benchmarks/trace_writing.py [EVENTS]...

Each writing is a process of its own. The memory is the rise of the peak during the writing; it should not grow with the run.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EVENTS = (10_000, 100_000, 1_000_000)
_MEASURE = """
import json, resource, sys, tempfile, time
from pathlib import Path
import numpy as np
from workers.formats.chrome import chrome_reader, chrome_writer
from workers.system.atomic_files import write_atomically
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline

what, suffix, events = sys.argv[1], sys.argv[2], int(sys.argv[3])

def run():
    timeline = Timeline()
    program = timeline.add_process("program", ProcessKind.PROGRAM)
    program.pid, program.start_called_ns, program.born_ns, program.target_began_ns = 1000, 0, 1, 2
    names = np.array([timeline.tasks.names.number(f"function {number}") for number in range(50)], np.uint32)
    for worker in range(1, 5):
        process = timeline.add_process(f"Process-{worker}", ProcessKind.POOL_WORKER, 1)
        process.pid, process.start_called_ns, process.born_ns, process.target_began_ns = 1000 + worker, 3, 4, 5
        t0 = np.arange(events // 4, dtype=np.int64) * 10_007 + worker
        timeline.add_tasks(process.id, t0, t0 + 9_001, names[np.arange(len(t0)) % 50])
    timeline.now_ns, timeline.ended = int(t0[-1]) + 20_000, True
    return timeline

def trace(folder):
    path = Path(folder) / "in.json"
    with path.open("w") as file:
        file.write("[")
        for n in range(events):
            head = f'"pid":{n % 4},"tid":{n % 8},"name":"f{n % 500}"'
            file.write(f'{{"ph":"X",{head},"ts":{n * 8}.{n % 1000:03d},"dur":5.5}},')
    return chrome_reader.read(path)

with tempfile.TemporaryDirectory() as folder:
    timeline = run() if what == "run" else trace(folder)
    path = Path(folder) / f"out{suffix}"
    chrome_writer.write(Timeline(), open("/dev/null", "wb"))  # what is imported late is not counted
    # The peak of now: what was needed to make the timeline is not the writing's.
    Path("/proc/self/clear_refs").write_text("5")
    def peak(): return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) * 1024
    before, began = peak(), time.perf_counter()
    write_atomically(path, lambda file: chrome_writer.write(timeline, file, compressed=suffix == ".json.gz"))
    print(json.dumps([time.perf_counter() - began, peak() - before, path.stat().st_size]))
"""


def measure(what: str, suffix: str, events: int) -> tuple[float, float, int]:
    """(seconds, bytes more at the peak, bytes of the file)"""
    command = [sys.executable, "-c", _MEASURE, what, suffix, str(events)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    seconds, more, size = json.loads(done.stdout)
    return seconds, more, size


def main() -> int:
    """Prints the table."""
    print("what   file           events       time   peak memory    file")
    for what in ("run", "trace"):
        for suffix in (".json", ".json.gz"):
            for events in map(int, sys.argv[1:]) if len(sys.argv) > 1 else EVENTS:
                seconds, more, size = measure(what, suffix, events)
                print(
                    f"{what:6} {suffix:9} {events:11,} {seconds:8.2f} s {more / 1e6:10.1f} MB {size / 1e6:6.1f} MB",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
