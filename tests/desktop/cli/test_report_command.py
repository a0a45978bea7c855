"""What the report command leaves behind in its process."""

import subprocess
import sys
from pathlib import Path

_TRACE = '[{"name": "work", "ph": "X", "ts": 1, "dur": 2, "pid": 1, "tid": 1}]'
_CODE = """
import gc, sys
from desktop.cli.command_line import main
main(["report", "--json", sys.argv[1]])
print(gc.isenabled(), gc.get_freeze_count() > 10_000, file=sys.stderr)
"""


def test_what_was_read_is_not_looked_through_at_the_end(tmp_path: Path) -> None:
    trace = tmp_path / "a.json"
    trace.write_text(_TRACE)
    said = subprocess.run(
        [sys.executable, "-c", _CODE, str(trace)], capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stderr == "True True\n"
