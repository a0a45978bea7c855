"""What is promised of security, one test or more for each promise.

Whose rights code runs with, what opening a file can do, what our pipes carry, and where our files go.
"""

import ast
import json
import os
import pickle
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest
from support.commands import EVERY_KIND, LIMIT_S, ROOT, procession
from support.recording import Recording, recorded, recording, script

from workers.commands import StopRun
from workers.engines.keeper_process import KeeperProcess
from workers.formats import saved_run
from workers.plan.plan import Plan, StartMethod, Workload
from workers.system.atomic_files import ExportError, write_atomically
from workers.system.stale_files import maker_tag

if not sys.platform.startswith("linux"):
    pytest.skip("links, pipes and rights as Linux has them", allow_module_level=True)

DRIVER = Path(__file__).with_name("driven_files.py")
PLAN = Plan.make([1000, 2000], Workload.SORT, StartMethod.FORK)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A saved run."""
    path = tmp_path / "run.procession"
    with recording(PLAN, whole=True) as live:
        live.finish()
        write_atomically(path, lambda file: saved_run.write(live.run.folder, file))
    return path


# A user's script runs with that user's rights.


def test_it_is_said_before_the_first_run_and_nothing_runs_until_then(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text("open('ran', 'w')\n")
    done = subprocess.run(
        [sys.executable, str(DRIVER), "asked", str(tmp_path / "script.py")], cwd=tmp_path, capture_output=True, text=True,
        timeout=LIMIT_S, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    question, *rest = done.stdout.splitlines()
    assert question.startswith("asked Run script.py with your rights?")
    assert "It can do whatever you can do" in question
    assert rest == ["running False ran False"] * 2
    assert not (tmp_path / "ran").exists()


# Opening a file never runs anything.


class Evil:
    """Whoever unpickles it makes a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self._path}",)


def with_members(run: Path, members: dict[str | ZipInfo, bytes], name: str = "evil.procession") -> Path:
    """The same run with these members too, in place of its own of the same name."""
    path = run.with_name(name)
    own = {str(getattr(member, "filename", member)) for member in members}
    with ZipFile(run) as old, ZipFile(path, "w") as new:
        for member in old.namelist():
            if member not in own:
                new.writestr(member, old.read(member))
        for where, content in members.items():
            new.writestr(where, content)
    return path


def everything_is_made_of(path: Path, *, opens: bool) -> None:
    """Report and export the file by the command line."""
    said = procession("report", path, "--json")
    assert (said.code == 0) is opens, said
    if not opens:
        assert said.sentence
        return
    json.loads(said.out)
    outs = [path.parent / f"out{kind}" for kind in EVERY_KIND[:-1]]
    done = procession("export", path, *outs)
    assert done.code == 0, done.err


def test_pickled_bytes_are_never_loaded(run: Path, tmp_path: Path) -> None:
    evil = pickle.dumps(Evil(tmp_path / "ran"))
    pickle.loads(evil)
    assert (tmp_path / "ran").exists()  # it would work
    (tmp_path / "ran").unlink()
    texts = {
        "evil.json": evil, "evil.procession": evil, "evil.gz": b"\x1f\x8b" + evil,
        "named.json": json.dumps([{"ph": "X", "ts": 1, "dur": 1, "pid": 1, "name": evil.decode("latin1")}]).encode(),
    }  # fmt: skip
    for name, content in texts.items():
        (tmp_path / name).write_bytes(content)
        everything_is_made_of(tmp_path / name, opens=name == "named.json")
    names = ["manifest.json", "marks.json", "output.bin", "program.journal", "1-1.journal"]
    everything_is_made_of(with_members(run, dict.fromkeys(names, evil)), opens=True)
    assert not (tmp_path / "ran").exists()


def link(name: str, target: bytes) -> dict[str | ZipInfo, bytes]:
    """A member that unpacks as a symbolic link where links are unpacked."""
    info = ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return {info: target}


def test_an_archive_writes_nowhere_else_and_follows_no_link(run: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    names = ["../outside/a", str(outside / "b"), "..\\outside\\c", "x/../../outside/d", "1-1.journal/../../outside/e"]
    manifest = {
        "format": 1,
        "files": [*names, "/etc/passwd", "../../secret"],
        "run": "../outside",
        "folder": str(outside),
    }
    members: dict[str | ZipInfo, bytes] = {
        "manifest.json": json.dumps(manifest).encode(),
        **dict.fromkeys(names, b"x" * 64),
    }
    members |= link("1-1.journal", b"../outside/secret") | link("output.bin", str(outside / "secret").encode())
    path = with_members(run, members)
    said = procession("report", path, "--json")
    assert said.code == 0
    assert b"secret" not in said.out.replace(b"../../secret", b"")
    assert [item.name for item in outside.iterdir()] == ["secret"]
    again = procession("export", path, tmp_path / "again.procession")
    assert again.code == 0, again.err
    with ZipFile(tmp_path / "again.procession") as archive:
        assert all(saved_run.is_part(name) or name == saved_run.MANIFEST for name in archive.namelist())
        assert not any(b"secret" in archive.read(name) for name in archive.namelist() if name != "1-1.journal" and (
            name != "output.bin"))  # the two hold the name that a link would have had, as bytes  # fmt: skip


def test_links_and_pipes_in_a_runs_folder_are_neither_followed_nor_waited_for(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with ZipFile(run) as archive:
        archive.extractall(folder)
    (tmp_path / "secret").write_bytes((folder / "output.bin").read_bytes().replace(b"Function", b"Telltale"))
    pipes = ("marks.json", "name.txt", "summary.json", "checksums", "keeper.hold", "keeper.pid", "limit", "bell",
             "1-1.journal", "1-2.nursery.journal", "1-3.more.journal")  # fmt: skip
    for name in ("output.bin", *pipes):
        (folder / name).unlink(missing_ok=True)
    (folder / "output.bin").symlink_to(tmp_path / "secret")
    for name in pipes:
        os.mkfifo(folder / name)
    (folder / "1-4.journal").symlink_to("/dev/zero")
    said = procession("report", folder, "--json")
    assert said.code == 0, said.err
    assert b"Telltale" not in said.out
    assert len(json.loads(said.out)["processes"]) == 3
    done = procession("export", folder, tmp_path / "a.procession")
    assert done.code == 1  # the linked file is not copied into a file for others
    assert "could not be saved" in done.sentence
    (folder / "keeper.journal").unlink()
    os.mkfifo(folder / "keeper.journal")
    assert procession("report", folder).code == 2


# Pipes between our processes carry JSON, never pickle.

PICKLES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "shelve", "joblib"}


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0], node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "__import__"):
            yield node.func.id, node.lineno


def test_nothing_of_ours_can_unpickle_or_evaluate() -> None:
    found = {}
    for folder in ("desktop", "workers", "resources"):
        for path in (ROOT / folder).rglob("*.py"):
            for name, line in imports(path):
                if name in PICKLES | {"marshal", "eval", "__import__"}:
                    found[f"{path.relative_to(ROOT)}:{name}"] = line
    assert set(found) == {
        # The compiled edits of the standard library, in the user's own cache, as Python's own .pyc files are.
        "workers/recorded/probe.py:marshal",
        # For a cluster, which takes its plugins and its work as pickles. They are only made, of source that is ours.
        "workers/engines/cluster/payloads.py:pickle",
        "workers/engines/cluster/shipped_work.py:eval",
    }
    payloads = (ROOT / "workers/engines/cluster/payloads.py").read_text(encoding="utf-8")
    assert set(re.findall(r"pickle\.(\w+)\(", payloads)) == {"dumps"}
    work = (ROOT / "workers/engines/cluster/shipped_work.py").read_text(encoding="utf-8")
    assert re.findall(r"\beval\((\w+)\)", work) == ["_MAKE"]


def test_all_that_goes_through_our_pipes_is_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every byte in both directions between the owner and the keeper, and on to the program."""
    sent: list[bytes] = []
    heard: list[bytes] = []
    real_read = os.read

    def read(number: int, size: int) -> bytes:
        data = real_read(number, size)
        if live and number == live[0].run.keeper.reports_fd:
            heard.append(data)
        return data

    live: list[Recording] = []
    real_send = KeeperProcess.send

    def send(keeper: KeeperProcess, line: bytes) -> None:
        sent.append(line)
        real_send(keeper, line)

    monkeypatch.setattr(KeeperProcess, "send", send)
    monkeypatch.setattr(os, "read", read)
    with recording(Plan.make([1000, 2000], Workload.SORT, StartMethod.SPAWN), straight=False) as following:
        live.append(following)
        following.until(lambda: following.timeline.waiting_for_person)
        following.ask("alive", 1)
        following.ask("join_rest")
        following.ask("finish")
        timeline = following.finish()
        following.run.result()
    assert timeline.exit_code == 0
    for data in (b"".join(sent), b"".join(heard)):
        assert data.endswith(b"\n")
        assert all(isinstance(json.loads(line), dict) for line in data.splitlines())
    assert [json.loads(line).get("do") for line in sent] == [None, "alive", "join_rest", "finish"]


def test_a_recorded_program_sees_none_of_our_pipes() -> None:
    """Only its own three descriptors, and what it opens itself."""
    code = (
        "import os; print(sorted(set(os.listdir('/proc/self/fd')) - {'0', '1', '2'}), os.readlink('/proc/self/fd/0'))"
    )
    from workers.engines.programs import Program

    timeline = recorded(Program((sys.executable, "-c", code), os.getcwd(), "code"))
    assert [line.text for line in timeline.lines] == ["['3'] /dev/null"]  # 3 lists the folder


# Only the user can read run folders, and planted files are never written to.


def test_only_the_user_can_read_a_run_whatever_the_mask() -> None:
    before = os.umask(0)
    try:
        with recording(script("family.py", "spawn")) as following:
            following.until(lambda: following.printed("all started"))
            modes = {path.name: path.lstat() for path in following.run.folder.iterdir()}
            folder = following.run.folder.stat()
            following.run.command(StopRun())
            following.finish()
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.st_mode) == 0o700
    assert len(modes) >= 8
    open_to_others = {name for name, seen in modes.items() if stat.S_IMODE(seen.st_mode) & 0o077}
    assert open_to_others <= {
        "keeper.log"
    }  # which holds nothing of the program, in a folder that no other user can enter
    assert all(stat.S_ISREG(seen.st_mode) for seen in modes.values())


KEEPER = ROOT / "workers" / "keeper" / "__main__.py"


@pytest.mark.parametrize("name", ["keeper.journal", "output.bin", "keeper.pid", "bell"])
def test_a_planted_link_is_not_written_through(tmp_path: Path, name: str) -> None:
    """The keeper is started in a folder where there is something of that name already."""
    folder, victim = tmp_path / "run", tmp_path / "victim"
    folder.mkdir(0o700)
    victim.write_text("mine")
    (folder / name).symlink_to(victim)
    message = {"folder": str(folder), "portable": False, "argv": [sys.executable, "-c", "print(1)"], "env": dict(os.environ),
               "cwd": str(tmp_path), "control": False, "manifest": {"title": "x"}}  # fmt: skip
    keeper = subprocess.run([sys.executable, "-I", "-S", str(KEEPER), str(ROOT)], input=json.dumps(message).encode() + b"\n",
                            capture_output=True, timeout=LIMIT_S, check=False)  # fmt: skip
    assert keeper.returncode != 0
    assert b"File exists" in keeper.stderr
    assert victim.read_text() == "mine"
    assert (folder / name).is_symlink()


PLANTS = """
import glob, multiprocessing, os, sys
(folder,) = glob.glob(os.environ["XDG_STATE_HOME"] + "/procession/runs/*")
def child():
    print("child", flush=True)
if __name__ == "__main__":
    victim = sys.argv[1]
    for pid in range(os.getpid() + 1, os.getpid() + 60):
        for form in ("%d-1.journal", "%d-1.more.journal", "%d-1.nursery.journal", "%d-1.child"):
            os.symlink(victim, os.path.join(folder, form % pid))
    for method in ("fork", "spawn"):
        process = multiprocessing.get_context(method).Process(target=child)
        process.start()
        process.join()
        print(process.exitcode, flush=True)
"""


def test_links_that_the_program_itself_plants_change_nothing_for_it(tmp_path: Path) -> None:
    """It can do so, since the folder is its user's own; nothing is written through them, and it runs as it would."""
    (tmp_path / "plants.py").write_text(PLANTS)
    victim = tmp_path / "victim"
    victim.write_text("mine")
    done = procession("record", "--python", sys.executable, tmp_path / "plants.py", victim)
    assert (done.code, done.out, done.err) == (0, b"child\n0\nchild\n0\n", "")
    assert victim.read_text() == "mine"


def test_an_export_is_not_written_through_a_link_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new file is made beside the old one under a name that cannot be guessed; and even a known name is safe."""
    target, victim = tmp_path / "a.csv", tmp_path / "victim"
    for path in (target, victim):
        path.write_text("mine")
    monkeypatch.setattr(os, "urandom", bytes)  # of zeros
    (tmp_path / f".procession-{maker_tag()}{'0' * 12}.part").symlink_to(victim)
    with pytest.raises(ExportError, match="file exists"):
        write_atomically(target, b"new")
    assert (target.read_text(), victim.read_text()) == ("mine", "mine")
