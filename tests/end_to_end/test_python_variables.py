"""What a user sets for Python reaches the recorded script as it would alone, and neither harms the recorder nor shows in it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import MAIN
from support.scripts import script_path
from support.terminals import as_a_shell, environment

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="as Linux does it")
LIMIT_S = 60
BARE = [sys.executable]
RECORD = [sys.executable, "-P", str(MAIN), "record", "--python", sys.executable]
SHOWS = script_path("python_settings.py")
SETTINGS = {
    "inspect": {"PYTHONINSPECT": "1"},
    "noisy": {"PYTHONVERBOSE": "1", "PYTHONPROFILEIMPORTTIME": "1", "PYTHONDEVMODE": "1", "PYTHONMALLOCSTATS": "1"},
    "strict": {
        "PYTHONWARNINGS": "error", "PYTHONSAFEPATH": "1", "PYTHONNOUSERSITE": "1", "PYTHONOPTIMIZE": "2",
        "PYTHONMALLOC": "debug", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "PYTHONNODEBUGRANGES": "1",
    },
    "startup": {"PYTHONSTARTUP": "/dev/null", "PYTHONHASHSEED": "7", "PYTHONFAULTHANDLER": "1", "PYTHONUNBUFFERED": "1"},
    "no locale": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "home": {"PYTHONHOME": sys.base_prefix, "PYTHONPLATLIBDIR": sys.platlibdir},
}  # fmt: skip


def ran(command: list[str], note: Path, changes: dict[str, str]) -> tuple[int, bytes, str]:
    """Exit code as a shell shows it, standard error and the script's note. CPython 3.12.1 crashes at its end with `noisy`."""
    arguments = [*command, str(SHOWS), str(note), b"\xff \xc3\xa9", "plain"]
    odd = {
        b"ODD": b"\xfe\xc3\xa9",
        **{os.fsencode(name): os.fsencode(value) for name, value in environment(**changes).items()},
    }
    done = subprocess.run(
        arguments, env=odd, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S, check=False
    )
    return as_a_shell(done.returncode), done.stderr, note.read_text()


@pytest.mark.parametrize("name", SETTINGS)
def test_they_reach_the_script_and_not_the_recorder(tmp_path: Path, name: str) -> None:
    bare = ran(BARE, tmp_path / "bare", SETTINGS[name])
    recorded = ran(RECORD, tmp_path / "recorded", SETTINGS[name])
    assert recorded[::2] == bare[::2]
    if name != "noisy":  # there the command's own interpreter speaks too, before it runs any code of ours
        assert recorded[1] == bare[1]
    (log,) = (tmp_path / "xdg_state_home").glob("procession/runs/*/keeper.log")
    assert log.read_text() == ""
    (journal,) = log.parent.glob("[0-9]*.journal")
    assert b"python_settings.py" in journal.read_bytes()


@pytest.mark.parametrize(("names", "imports"), [
    ("json struct socket select subprocess psutil platformdirs argparse mmap _struct workers/__init__",
     ["json", "socket", "workers"]),
    ("ast mmap workers/__init__", ["multiprocessing.popen_fork", "workers"]),
])  # fmt: skip
def test_modules_of_the_same_names_in_pythonpath(tmp_path: Path, names: str, imports: list[str]) -> None:
    """One folder has the names of modules that command, keeper and probe use; each writes down who has imported it."""
    folder, log = tmp_path / "modules", tmp_path / "log"
    (folder / "workers").mkdir(parents=True)
    text = f"import os\nwith open({str(log)!r}, 'a') as file: file.write(f'{{__name__}} {{os.getppid()}}\\n')\n"
    for name in names.split():
        (folder / f"{name}.py").write_text(text)
    (tmp_path / "own.py").write_text(f"import {', '.join(imports)}; print(workers.__file__)")
    said = []
    for command in (BARE, RECORD):
        done = subprocess.run([*command, "own.py"], cwd=tmp_path, env=environment(PYTHONPATH=str(folder)), timeout=LIMIT_S,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)  # fmt: skip
        said.append(
            (done.returncode, done.stdout, done.stderr, [line.split()[0] for line in log.read_text().splitlines()])
        )
        log.unlink()
    imported = [name for name in imports if name in names or name == "workers"]
    assert said[0] == (0, f"{folder / 'workers' / '__init__.py'}\n".encode(), b"", imported)
    assert said[1] == said[0]
    assert not [
        name for name in (tmp_path / "xdg_state_home").rglob("*.journal") if b"not recorded" in name.read_bytes()
    ]
