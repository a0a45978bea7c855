"""Records public complaints about speed, and compares the advice that is given with the one that is true.

A program of its own: ``python tests/endurance/speed.py [--python EXE]... [NAME]...``. It prints a line for each script, with
what the script measured itself, and ends with 1 where false advice was given. Advice that is missing is no failure: on a busy
machine some cannot be given.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.commands import PROCESSION
from support.scripts import SCRIPTS

EXPECTED: dict[str, list[str]] = {
    "s01_bytes_per_task": ["big_arguments"],
    "s02_results_huge": ["big_results"],
    "s03_results_objects": ["big_results"],
    "s04_tiny_tasks": ["tiny_tasks"],
    "s05_tiny_executor": ["tiny_tasks"],
    "s06_longest_last": ["stragglers"],
    "s07_pool_in_loop": ["worker_churn"],
    "s08_executor_in_loop": ["worker_churn"],
    "s09_main_level_work": ["slow_start"],
    "s10_lock_in_pool": ["one_at_a_time"],
    "s11_manager_dict": ["one_at_a_time"],
    "s12_many_workers": [],
    "s13_threads_times_workers": ["too_many_threads"],
    "s14_gil_threads": ["gil_bound"],
    "s15_slow_producer": ["program_bound"],
    "s16_slow_consumer": ["program_bound"],
    "s17_map_of_generator": ["program_bound"],
    "s18_apply_in_loop": ["one_by_one"],
    "s19_submit_result": ["one_by_one"],
    "s20_async_get": ["one_by_one"],
    "s21_start_join": [],
    "s22_sleeping_tasks": [],
    "s23_disk": [],
    "s24_queue_large": ["big_results"],
    "s25_method_of_big_object": ["big_arguments"],
    "s26_initializer_heavy": [],
    "s27_shared_value_lock": ["one_at_a_time"],
}
"""By script, the codes of the advice that is true. Healthy variants, and what nothing names yet, get none."""
_LIMIT_S = 120.0


def main() -> int:
    """Run the scripts that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", action="append", default=[])
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    wrong = 0
    for python in options.python or [sys.executable]:
        for path in sorted((SCRIPTS / "speed").glob("s[0-9]*.py")):
            if not options.names or path.stem in options.names:
                wrong += _differs(python, path)
    return 1 if wrong else 0


def _differs(python: str, path: Path) -> bool:
    """Record one script and tell what was said about it. Whether false advice was given."""
    command = [*PROCESSION, "record", "--json", "--python", python, str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_LIMIT_S, check=False)
    report = json.loads(done.stdout)
    told = {one["code"]: one["text"] for one in report["findings"] if one["severity"] == "advice"}
    expected = EXPECTED.get(path.stem, [])
    measured = "; ".join(line["text"] for line in report["output"][:5])
    false = sorted(set(told) - set(expected))
    verdict = "told wrongly" if false else "as expected" if set(told) == set(expected) else "no word"
    print(f"{verdict:12} {path.stem} ({report['program']['python']}): measured {measured}", flush=True)
    for code, text in told.items():
        print(f"    {code}: {text}", flush=True)
    return bool(false)


if __name__ == "__main__":
    sys.exit(main())
