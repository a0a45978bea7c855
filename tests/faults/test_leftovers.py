"""Files that killed processes left: the next save or start removes them, and none of a living process."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.commands import PROCESSION, ROOT, procession
from support.waiting import wait_until

from workers.system.atomic_files import write_atomically

if not sys.platform.startswith("linux"):
    pytest.skip("processes are identified as on Linux", allow_module_level=True)

SAVES = """
    import sys
    from pathlib import Path
    from workers.system.atomic_files import write_atomically

    def write(file):
        file.write(b"half of the ne")
        file.flush()
        print("half", flush=True)
        sys.stdin.read()

    write_atomically(Path(sys.argv[1]), write)
"""
OPENS = """
    import sys
    from pathlib import Path
    from workers.formats.opening import open_file

    opened = open_file(Path(sys.argv[1]))
    print("open", flush=True)
    sys.stdin.read()
    opened.close()
"""


@contextmanager
def half_way(code: str, path: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """A process that has reached the point at which it waits. At the end of the test it continues, if it lives, and ends."""
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), str(path)], cwd=ROOT, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline().strip() in (b"half", b"open")
        yield process


def killed(code: str, path: Path) -> None:
    with half_way(code, path) as process:
        process.kill()
    assert process.returncode == -signal.SIGKILL


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    environment = {**os.environ, "XDG_STATE_HOME": str(folder)}
    path = folder / "run.procession"
    assert procession("run", "--workload", "sleep", "--sizes", "1ms", "-o", path, env=environment).code == 0
    return path


def test_the_next_save_in_the_folder_takes_away_what_a_killed_one_left(tmp_path: Path) -> None:
    (tmp_path / ".procession-0123456789ab.part").write_text("of an unknown maker")
    killed(SAVES, tmp_path / "killed")
    (left,) = tmp_path.glob(".procession-*-*.part")
    assert left.read_bytes() == b"half of the ne"
    with half_way(SAVES, tmp_path / "living") as living:
        (mine,) = tmp_path.glob(".procession-*-*.part")
        assert mine != left
        write_atomically(tmp_path / "other", b"other")
        assert mine.exists()
    assert living.returncode == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        ".procession-0123456789ab.part": b"of an unknown maker", "living": b"half of the ne", "other": b"other",
    }  # fmt: skip


def unpacked() -> list[Path]:
    return sorted(Path(tempfile.gettempdir()).glob("procession-*"))


def test_who_opens_a_saved_run_takes_away_what_a_killed_one_unpacked(run: Path) -> None:
    killed(OPENS, run)
    (left,) = unpacked()
    assert (left / "keeper.journal").is_file()
    with half_way(OPENS, run) as living:
        (mine,) = unpacked()
        assert mine != left
        assert procession("report", run).code == 0
        assert unpacked() == [mine]
    assert living.returncode == 0
    assert unpacked() == []


def test_a_window_takes_away_what_a_killed_one_unpacked(run: Path) -> None:
    with subprocess.Popen([*PROCESSION, str(run)], stdin=subprocess.DEVNULL) as window:
        wait_until(lambda: bool(unpacked()))
        window.kill()
    assert window.returncode == -signal.SIGKILL
    assert len(unpacked()) == 1
    with subprocess.Popen(PROCESSION, stdin=subprocess.DEVNULL) as window:
        wait_until(lambda: not unpacked())
        window.terminate()
    assert window.returncode == 128 + signal.SIGTERM
