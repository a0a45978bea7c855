"""The seconds in the sentences on speed, against what the scripts measure themselves and print: within 10 %.

What is measured is a sleep of some seconds, so that a busy machine changes both alike.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support.recording import together

from workers.analysis.findings.all_findings import findings
from workers.engines.programs import script_program
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.skipif(os.name != "posix", reason="forks")

HEAD = """
import multiprocessing, os, sys, time
from time import perf_counter

def say(what, seconds):
    os.write(1, f"{what} {seconds:.4f}\\n".encode())
"""
LOADED = HEAD + "began = perf_counter()\ntime.sleep(3.0)\nsay('worker', perf_counter() - began)\n"
SCRIPTS = {
    "slow_start": """
import loads_long
if __name__ == "__main__":
    workers = [multiprocessing.get_context("spawn").Process(target=abs, args=(1,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
""",
    "big_arguments": """
class Table:
    def __getstate__(self):
        began = perf_counter()
        time.sleep(1.0)
        say("pickled", perf_counter() - began)
        return {"rows": bytes(50_000)}
if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(id, [Table() for _ in range(4)], chunksize=1)
""",
    "big_results": """
class Table:
    def __getstate__(self):
        return {"rows": bytes(50_000)}
    def __setstate__(self, state):
        began = perf_counter()
        time.sleep(1.0)
        say("unpickled", perf_counter() - began)
def make(number):
    return Table()
if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(make, range(4), chunksize=1)
""",
    "stragglers": """
def work(seconds):
    began = perf_counter()
    time.sleep(seconds)
    return began, perf_counter()
if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(3) as pool:
        times = pool.map(work, [0.2, 0.4, 3.6, 0.3, 0.1], chunksize=1)
    ends = sorted(ended for _, ended in times)
    say("alone", ends[-1] - ends[-2])
    say("longest", max(ended - began for began, ended in times))
""",
}


def printed(timeline: Timeline, what: str) -> list[float]:
    """What the script measured."""
    texts = [line.text for line in timeline.lines]
    return [float(text.split()[1]) for text in texts if re.fullmatch(rf"{what} [\d.]+", text)]


def mean_of_workers(timeline: Timeline) -> float:
    """The program imports it, too; its line comes first."""
    assert len(printed(timeline, "worker")) == 3
    return sum(printed(timeline, "worker")[1:]) / 2


MEASURED: list[tuple[str, str, Callable[[Timeline], float]]] = [
    ("slow_start", r"(T) of it importing loads_long", mean_of_workers),
    ("big_arguments", r": pickling them took (T) in the program", lambda timeline: sum(printed(timeline, "pickled"))),
    ("big_results", r": unpickling them took (T) in the program", lambda timeline: sum(printed(timeline, "unpickled"))),
    ("stragglers", r"For the last (T) one of 3 workers", lambda timeline: sum(printed(timeline, "alone"))),
    ("stragglers", r"one task of work that took (T) of", lambda timeline: sum(printed(timeline, "longest"))),
]


def seconds_in(text: str, pattern: str) -> float:
    """The duration that a sentence gives where the pattern has (T)."""
    found = re.search(pattern.replace("(T)", r"([\d.,]+) (ms|s)\b"), text)
    assert found is not None, text
    return float(found[1].replace(",", "")) * {"ms": 1e-3, "s": 1.0}[found[2]]


def test_the_seconds_in_the_sentences_are_what_the_scripts_measure(tmp_path: Path) -> None:
    (tmp_path / "loads_long.py").write_text(LOADED)
    for name, code in SCRIPTS.items():
        (tmp_path / f"{name}.py").write_text(HEAD + code)
    programs = {name: script_program(str(tmp_path / f"{name}.py")) for name in SCRIPTS}
    timelines = together(programs, lambda name, timeline: False)
    for code, pattern, measured in MEASURED:
        timeline = timelines[code]
        assert timeline.exit_code == 0
        told = {finding.code: finding.text for finding in findings(timeline)}
        assert seconds_in(told[code], pattern) == pytest.approx(measured(timeline), rel=0.1), told[code]
