"""Other users of a machine, and other containers and clocks that share its folders: what they can put there, and what they see.

Needs root, which can become another user and make namespaces.
"""

import json
import marshal
import os
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType

import pytest
from support.commands import PROCESSION, at_once, procession
from support.kept_runs import kept_run
from support.new_runs import new_run_folder
from support.waiting import wait_until

from workers.history.run_list import list_runs
from workers.history.summaries import RunOutcome
from workers.runs.leases import is_in_use, leased_runs
from workers.runs.limits import Limits, limits_file, load_limits, save_limits
from workers.runs.retention import make_room
from workers.runs.run_folders import run_folders, runs_folder, state_folder
from workers.runs.trash import delete, deletions

if not sys.platform.startswith("linux") or os.geteuid() != 0:
    pytest.skip("needs root on Linux, to become another user", allow_module_level=True)

OTHER = 65534
CHILD = """
import multiprocessing, sys
def work():
    pass
if __name__ == "__main__":
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join()
    print(child.exitcode)
"""


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder in which every user can make files, as /tmp is."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # another user cannot enter the folder of the tests
    folder.chmod(0o1777)
    yield folder
    shutil.rmtree(folder)


def as_other(work: Callable[[], None]) -> None:
    """Do this as another user."""
    with warnings.catch_warnings():
        # A process that runs a part of the tests has a thread for that: since 3.12 Python warns of a fork beside it.
        warnings.filterwarnings("ignore", "This process", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(OTHER)
            os.setuid(OTHER)
            work()
            code = 0
        except OSError:
            traceback.print_exc()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def planted(good: Path, mark: Path) -> dict[str, bytes]:
    """Compiled edits that leave a mark when they run, under the names that a recorder looks for."""
    text = f"def run(*a, **k):\n    import os\n    os.close(os.open({str(mark)!r}, os.O_CREAT | os.O_WRONLY))\n"
    code = next(one for one in compile(text, "x", "exec").co_consts if isinstance(one, CodeType))
    return {
        one.name: marshal.dumps(dict.fromkeys(marshal.loads(one.read_bytes()), code))
        for one in good.iterdir()
        if "multiprocessing" in one.name
    }


def put(folder: Path, files: dict[str, bytes], *, over: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        with (folder / name).open("r+b" if over else "xb") as file:
            file.write(content)


def may_write(user: int) -> bytes:
    """An access control list by which owner, group and this user may do everything, as Linux keeps it."""
    entries = ((1, 7, -1), (2, 7, user), (4, 7, -1), (16, 7, -1), (32, 0, -1))
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)


def test_compiled_edits_that_another_user_can_change_are_not_used(shared: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(CHILD)
    caches = {
        name: shared / name for name in ("own", "theirs", "open", "file", "link", "moved", "way", "list", "unknown")
    }
    own = ["record", "--python", sys.executable]  # whose code this test can compile
    first = procession(*own, script, env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "good")})
    assert first.out == b"0\n"
    good = tmp_path / "good" / "procession" / "probe"
    files = {name: planted(good, shared / f"{name}.mark") for name in caches}
    assert all(files.values())
    for name in ("open", "file", "link", "moved"):
        (caches[name] / "procession" / "probe").mkdir(parents=True)
    put(caches["own"] / "procession" / "probe", files["own"])
    as_other(lambda: put(caches["theirs"] / "procession" / "probe", files["theirs"]))
    (caches["open"] / "procession" / "probe").chmod(0o777)
    as_other(lambda: put(caches["open"] / "procession" / "probe", files["open"]))
    put(caches["file"] / "procession" / "probe", dict.fromkeys(files["file"], b""))
    for name in files["file"]:
        (caches["file"] / "procession" / "probe" / name).chmod(0o666)
    as_other(lambda: put(caches["file"] / "procession" / "probe", files["file"], over=True))
    (caches["link"] / "procession").chmod(0o777)
    as_other(lambda: put(shared / "link.theirs", files["link"]))
    as_other(lambda: (caches["link"] / "procession" / "probe").rename(caches["link"] / "procession" / "before"))
    as_other(lambda: (caches["link"] / "procession" / "probe").symlink_to(shared / "link.theirs"))
    caches["moved"].chmod(0o777)
    as_other(lambda: (caches["moved"] / "procession").rename(caches["moved"] / "before"))
    as_other(lambda: put(caches["moved"] / "procession" / "probe", files["moved"]))
    # All of it is the user's own; but another user can exchange the folder in which it is at any time.
    put(caches["way"] / "below" / "procession" / "probe", files["way"])
    caches["way"].chmod(0o777)
    caches["way"] /= "below"
    # Others may not write to it by its mode, but one may by a list; and this user's group has no other member.
    put(caches["list"] / "below" / "procession" / "probe", files["list"])
    os.setxattr(caches["list"], "system.posix_acl_access", may_write(OTHER))
    assert stat.S_IMODE(caches["list"].stat().st_mode) == 0o770
    as_other(lambda: (caches["list"] / "of another").mkdir())
    caches["list"] /= "below"
    # In a namespace that knows no users, all of them have one number.
    as_other(lambda: put(caches["unknown"] / "procession" / "probe", files["unknown"]))
    unknown = [] if subprocess.run(["unshare", "-U", "true"], check=False).returncode else ["unshare", "-U"]

    done = []
    for name, cache in caches.items():
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
        within = unknown if name == "unknown" else []
        done += at_once([[*within, *PROCESSION, *own, str(script)]], env=environment)
        assert (shared / f"{name}.mark").exists() == (name == "own"), name
    assert [one.out for one in done[1:]] == [b"0\n"] * 8
    assert [one.code for one in done[1:]] == [0] * 8
    assert {one.err for one in done} == {""}


def test_what_is_no_file_in_the_cache_is_not_waited_for(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(CHILD)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    assert procession("record", script, env=environment).out == b"0\n"
    pipe, place, link, device, *others = sorted((tmp_path / "procession" / "probe").iterdir())
    for path in (pipe, place, link, device):
        path.unlink()
    os.mkfifo(pipe)
    place.mkdir()
    link.symlink_to("/dev/zero")
    os.mknod(device, stat.S_IFCHR | 0o600, os.makedev(1, 5))  # /dev/zero again
    done = procession("record", script, env=environment, limit_s=20)
    assert (done.code, done.out, done.err) == (0, b"0\n", "")
    assert others


def test_folders_are_private_whatever_the_umask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script.py"
    script.write_text(CHILD)
    own = {name: tmp_path / "deep" / name for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    for name, folder in own.items():
        monkeypatch.setenv(name, str(folder))
    for umask in (0, 0o777):
        done = subprocess.run([*PROCESSION, "record", str(script)], umask=umask, capture_output=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"0\n", b"")
        made = [tmp_path / "deep", *(path for path in (tmp_path / "deep").rglob("*") if path.is_dir())]
        assert len(made) >= 7
        assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o700}
        shutil.rmtree(tmp_path / "deep")
    before = os.umask(0)
    try:
        save_limits(Limits(7))
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in limits_file().parents if tmp_path in path.parents} == {0o700}


def test_a_folder_of_runs_that_was_open_to_others_is_closed_and_the_user_is_told(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("print('here')")
    runs_folder().mkdir(parents=True)
    runs_folder().chmod(0o777)
    theirs = runs_folder() / "20260101-120000-theirs"
    theirs.mkdir()
    os.chown(theirs, OTHER, OTHER)
    said = json.loads(procession("record", "--json", script).out)
    (warning,) = said["lost"]["warnings"]
    assert warning.startswith(f"The folder {runs_folder()} was open to other users")
    assert stat.S_IMODE(runs_folder().stat().st_mode) == 0o700
    assert json.loads(procession("record", "--json", script).out)["lost"]["warnings"] == []
    assert len(run_folders()) == 2
    assert theirs not in run_folders()


def test_folders_and_settings_of_another_user_are_not_used(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("print('here')")
    save_limits(Limits(3))
    kept_run(1)
    delete([kept_run(2)])
    assert load_limits() == Limits(3)
    assert len(deletions()) == 1
    held = state_folder() / "held"
    held.mkdir(exist_ok=True)
    for path in (limits_file(), runs_folder() / ".deleted", held, runs_folder()):
        os.chown(path, OTHER, OTHER)
    assert load_limits() == Limits()
    assert deletions() == []
    assert leased_runs() == set()
    done = procession("record", script)
    assert (done.code, done.out) == (0, b"here\n")
    assert done.sentence == (
        f"The folder {runs_folder()} is not used: it belongs to another user. The script runs without being recorded."
    )
    os.chown(limits_file(), 0, 0)
    limits_file().chmod(0o666)
    assert load_limits() == Limits()


def test_the_run_that_ended_last_stays_when_the_time_zone_changes(tmp_path: Path) -> None:
    save_limits(Limits(1))
    for zone in ("EAST-14", "WEST+11"):
        script = tmp_path / f"{zone}.py"
        script.write_text("")
        assert procession("record", script, env={**os.environ, "TZ": zone}).code == 0
    (kept,) = list_runs({})
    assert kept.title == "WEST+11.py"


def test_the_newest_run_is_the_newest_however_the_clock_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    former = kept_run(1)
    made = []
    real = time.time_ns
    for hours in (0, -24, 24 * 365, -24 * 365 * 30, 1):
        monkeypatch.setattr(time, "time_ns", lambda hours=hours: real() + hours * 3600 * 10**9)
        made.append(new_run_folder())
    assert run_folders() == [*made[::-1], former]
    save_limits(Limits(2))
    assert make_room(ended=made[0]) == 4
    assert run_folders() == [made[-1], made[0]]
    delete([made[-1]])
    monkeypatch.setattr(time, "time_ns", lambda: real() - 48 * 3600 * 10**9)
    delete([made[0]])
    assert [one.runs for one in deletions()] == [(made[-1],), (made[0],)]
    assert new_run_folder().name > made[-1].name  # a number of a deleted run is not given again: it may come back


def test_a_run_in_another_container_is_left_alone_as_long_as_it_may_be_running(tmp_path: Path) -> None:
    """A container that shares the folder of the runs, or another machine: its processes cannot be seen from here."""
    if subprocess.run(["unshare", "-fp", "--mount-proc", "true"], check=False, capture_output=True).returncode:
        pytest.skip("no namespaces can be made here")
    save_limits(Limits(1))
    ready = tmp_path / "ready"
    script = tmp_path / "script.py"
    script.write_text(f"import time\nopen({str(ready)!r}, 'x')\ntime.sleep(100)")
    inside = ["unshare", "-fp", "--kill-child", "--mount-proc", *PROCESSION, "record", str(script)]
    with subprocess.Popen(inside, stdin=subprocess.DEVNULL) as container:
        wait_until(ready.exists, limit_s=30)
        (run,) = run_folders()
        newer = new_run_folder()
        assert make_room() == 0
        assert delete([run]).left == (run,)
        assert [entry.summary.outcome for entry in list_runs({}) if entry.summary] == [RunOutcome.RUNNING]
        container.kill()
    wait_until(
        lambda: [one.summary.outcome for one in list_runs({}) if one.summary] == [RunOutcome.UNKNOWN], limit_s=10
    )
    assert is_in_use(run, leased_runs())  # it is gone, but on another machine this would look the same
    assert make_room() == 0
    week_ago_s = time.time() - 8 * 24 * 3600
    for sign in (run / "keeper.hold", *(state_folder() / "held").iterdir()):
        os.utime(sign, (week_ago_s, week_ago_s))
    assert make_room() == 1
    assert run_folders() == [newer]


def test_a_run_that_ended_in_another_container_is_not_in_use(tmp_path: Path) -> None:
    if subprocess.run(["unshare", "-fp", "--mount-proc", "true"], check=False, capture_output=True).returncode:
        pytest.skip("no namespaces can be made here")
    script = tmp_path / "script.py"
    script.write_text("")
    subprocess.run(["unshare", "-fp", "--mount-proc", *PROCESSION, "record", str(script)], check=True, timeout=60)
    (run,) = run_folders()
    assert not is_in_use(run, leased_runs())
