"""What goes wrong with journals, files and export, one test or more a fault: each is injected for real, into a process of its
own with a hard limit of time, whose return code is checked."""

import contextlib
import csv
import gzip
import io
import json
import os
import pickle
import random
import resource
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.commands import EVERY_KIND, LIMIT_S, PROCESSION, ROOT, Done, at_once, measured, procession
from support.scripts import script_path

from workers.journal.journal_reader import JournalReader
from workers.journal.kinds import Kind
from workers.journal.slots import Slots
from workers.recorded.probe import SLOT
from workers.system import process_tree

if not sys.platform.startswith("linux"):
    pytest.skip("limits, devices and signals as Linux has them", allow_module_level=True)

RECORD = ("record", "--python", sys.executable)
MB = 1 << 20
NAMES = ("<img src=fifo>", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\\ta", "a\\x01\\x1b[31mb\\x0b\\x00\\ufffe&")
"""Arguments for the script hostile_names.py."""


def called(name: str) -> str:
    return name.encode().decode("unicode_escape")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved run whose workers have the names that `NAMES` says."""
    folder = tmp_path_factory.mktemp("run")
    path = folder / "run.procession"
    environment = {**os.environ, "XDG_STATE_HOME": str(folder)}
    done = procession(*RECORD, "-o", path, script_path("hostile_names.py"), *NAMES, env=environment)
    assert (done.code, done.out.splitlines(True)) == (0, [f"{called(name)}\n".encode() for name in NAMES])
    return path


@pytest.fixture(scope="module")
def folder(run: Path) -> Path:
    """The same run, not saved: opening it needs no room."""
    return the_run(run.parent)


def report(path: Path) -> dict[str, Any]:
    """What ``procession report --json`` says of a file."""
    done = procession("report", path, "--json")
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)  # type: ignore[no-any-return]


def the_run(state: str | Path | None = None) -> Path:
    """The folder of the only run."""
    (folder,) = Path(state or os.environ["XDG_STATE_HOME"]).glob("procession/runs/*")
    return folder


# SIGKILL while journalling.


def test_every_acknowledged_record_is_there_after_a_kill_at_any_moment(tmp_path: Path) -> None:
    choose = random.Random(7)
    code = """
        import os, sys
        from workers.recorded.probe import Journal, REAPED
        journal = Journal(sys.argv[1], hidden=True)
        number = 0
        while True:
            number += 1
            journal.write(REAPED, 0, 0, 0, number, number, number)
            os.write(1, b"%d\\n" % number)
    """
    for at in range(8):
        path = tmp_path / f"{at}.journal"
        with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), str(path)], cwd=ROOT, stdout=subprocess.PIPE,
                              bufsize=0) as writer:  # fmt: skip
            assert writer.stdout is not None
            said = b""
            while len(said) < choose.randrange(1, 50_000):
                said += writer.stdout.read(1 << 16)
            writer.kill()
            said += writer.stdout.read()
        assert writer.returncode == -signal.SIGKILL
        acknowledged = int(said[: said.rindex(b"\n")].splitlines()[-1])
        reader = JournalReader(path)
        numbers: list[int] = []
        torn = 0
        while (read := reader.read(final=True)) != (Slots(), 0):
            numbers += [record.clock_ns for record in read[0]]
            torn += read[1]
        assert numbers[:acknowledged] == list(range(1, acknowledged + 1))
        assert len(numbers) <= acknowledged + 1
        assert torn <= 1


def killed_run() -> tuple[Path, int]:
    """A run of which everything was killed at once, as when the power fails: its folder, and how many workers it had joined by
    its own word."""
    with subprocess.Popen([*PROCESSION, *RECORD, str(script_path("acknowledges.py"))], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as recorder:  # fmt: skip
        assert recorder.stdout is not None
        for line in recorder.stdout:
            if int(line) >= 20:
                break
        folder = the_run()
        keeper = int((folder / "keeper.pid").read_text().split()[0])
        for pid in (recorder.pid, keeper):
            os.kill(pid, signal.SIGSTOP)  # neither may do anything about the other's end
        for pid in (recorder.pid, keeper):
            os.kill(pid, signal.SIGKILL)
        for process in process_tree.marked(folder):
            with contextlib.suppress(psutil.NoSuchProcess):  # a worker's whole life is a few ms
                process.kill()
        rest = recorder.stdout.read().splitlines()
    assert recorder.returncode == -signal.SIGKILL
    return folder, int([line, *rest][-1])


def test_a_run_of_which_everything_was_killed_is_complete_to_its_last_word(tmp_path: Path) -> None:
    folder, acknowledged = killed_run()
    said = report(folder)
    joins = [call for call in said["calls"] if call["call"] == "join" and call["result"]]
    assert len(joins) >= acknowledged
    ended = [process for process in said["processes"] if process["kind"] == "worker" and process["exit_code"] == 0]
    assert len(ended) >= acknowledged
    assert "The recorder did not come to its end: what came after is not known." in said["lost"]["warnings"]
    assert [process["lost"] for process in said["processes"][:1]] == [True]
    assert procession("export", folder, tmp_path / "a.procession").code == 0
    assert report(tmp_path / "a.procession") == said


def test_torn_records_anywhere_are_skipped_and_counted() -> None:
    folder, _ = killed_run()
    whole = report(folder)
    (journal,) = [path for path in folder.glob("*-*.journal") if "nursery" not in path.name and "more" not in path.name]
    data = bytearray(journal.read_bytes())
    samples = [at for at in range(0, len(data), SLOT) if data[at] in (Kind.CALL_BEGAN, Kind.REAPED)]
    for at in (samples[0], samples[len(samples) // 2], samples[-1]):
        data[at] = 0
    journal.write_bytes(data)
    said = report(folder)
    assert said["lost"]["torn_records"] == whole["lost"]["torn_records"] + 3
    assert len(said["calls"]) >= len(whole["calls"]) - 3
    assert any("only partly written" in finding["text"] for finding in said["findings"])


# A full disk, a limit of file sizes, the run's folder deleted.

FAMILY = """
import multiprocessing, sys
def child(n):
    print("child", n, flush=True)
    sys.exit(n)
if __name__ == "__main__":
    for n in range(30):
        process = multiprocessing.get_context("fork" if n % 10 else "spawn").Process(target=child, args=(n,))
        process.start()
        process.join()
    sys.exit(4)
"""


def alone(script: Path) -> Done:
    """What it says and returns when it is not recorded."""
    done = subprocess.run([sys.executable, str(script)], capture_output=True, timeout=LIMIT_S, check=False)
    return Done(done.returncode, done.stdout, done.stderr.decode())


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Path]:
    """What the family says and returns when it is not recorded, and its script."""
    script = tmp_path_factory.mktemp("family") / "family.py"
    script.write_text(FAMILY)
    return alone(script), script


@pytest.mark.parametrize("room_kb", [4, 16, 64, 1000])
def test_a_disk_that_is_full_changes_nothing_for_the_program(family: tuple[Done, Path], room_kb: int) -> None:
    """A file system of this size, which is mounted for the command alone."""
    bare, script = family
    state = Path(os.environ["XDG_STATE_HOME"])
    state.mkdir()
    mount = f'mount -t tmpfs -o size={room_kb}k tmpfs "$1" && shift && exec "$@"'
    inside = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh", str(state)]
    if subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount a file system of his own")
    done, told = at_once([[*inside, *PROCESSION, *RECORD, *json_, str(script)] for json_ in (["--json"], [])])
    if "runs without being recorded" in done.err:
        assert (done.code, done.out) == (bare.code, bare.out)
        return
    assert done.code == bare.code
    said = json.loads(done.out)
    missing = " ".join(said["lost"]["warnings"])
    if room_kb < 100:
        assert "The recorder's journal could not be made longer" in missing
    else:
        assert (missing, said["program"]["exit_code"]) == ("", bare.code)
        assert len(said["processes"]) == 32  # the program, its workers, and a resource tracker
    assert (told.code, told.out) == (bare.code, bare.out)


DELETES = """
import glob, os, shutil
for folder in glob.glob(os.environ["XDG_STATE_HOME"] + "/procession/runs/*"):
    shutil.rmtree(folder)
print("deleted", flush=True)
"""


@pytest.mark.parametrize(("text", "limit", "banner"), [
    (FAMILY, 8192, "could not be made longer"),
    (DELETES, 0, "The run's folder is gone, and what was recorded with it"),
], ids=["limit of file sizes", "folder deleted"])  # fmt: skip
def test_a_banner_says_what_is_missing_and_the_window_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, limit: int, banner: str
) -> None:
    monkeypatch.setenv(
        "PYTHONDONTWRITEBYTECODE", "1"
    )  # with a limit Python would leave compiled modules that are cut short
    script = tmp_path / "script.py"
    script.write_text(text)
    said = driven("missing", script, limit, cwd=tmp_path)
    assert said[0].endswith("with your rights?")
    assert banner in next(line for line in said if line.startswith("banner ")), said
    assert any(line.startswith("finding ") and banner in line for line in said), said
    assert said[-1] == "start True"


# Traces that are malformed, cut off, hostile or huge.


def event(**fields: object) -> str:
    return json.dumps({"ph": "X", "pid": 1, "tid": 1, "ts": 1, "dur": 1, "name": "a", **fields})


GOOD = event(name="good", ts=3, dur=4)


def among(bad: str) -> bytes:
    """A trace with this between two good events."""
    return f"[{GOOD}, {bad}, {GOOD}]".encode()


DEPTH = 100_000
NESTED = ",".join(event(ts=at, dur=2 * (DEPTH - at)) for at in range(DEPTH))
PASSED_OVER = {
    "NaN": (among('{"ph":"X","ts":NaN,"dur":1}'), "no time"),
    "1e400": (among('{"ph":"X","ts":1e400,"dur":1}'), "no time that can be used"),
    "5,000 digits": (among('{"ph":"X","ts":' + "9" * 5000 + "}"), "not readable as an event"),
    "true": (among('{"ph":"X","ts":true,"dur":1}'), "no time that can be used"),
    "exit before start": (among(event(dur=-5)), "ends before it begins"),
    "depth 1e5 in an event": (among('{"ph":"X","args":' + "[" * DEPTH + "]" * DEPTH + "}"), "not readable as an event"),
    "malformed": (among('{"ph":"X","ts":1,,}'), "not readable as an event"),
}
READ = {
    "negative times": (among(event(ts=-5)), (3, 3, 0)),
    "duplicate ids": (among(",".join(event(ph="b", cat="c", id=1) for _ in range(3))), (5, 5, 0)),
    "NUL": (among(event(name="a\0b")) + b"\0" * 99, (3, 3, 0)),
    "raw NUL": (among(event(name="a?b")).replace(b"?", b"\0"), (3, 3, 0)),
    "cut off": (among(event(name="last"))[:-20], (2, 2, 0)),
    "depth 1e5 of spans": (f"[{NESTED}]".encode(), (DEPTH, DEPTH, 0)),
}
REFUSED = {
    "pickle": pickle.dumps({"traceEvents": [1]}), "empty": b"", "text": b"hello", "no events": b'{"nodes": [1]}',
    "a number": b"1" * 5000, "binary": bytes(range(256)) * 9, "gzip of nothing": gzip.compress(b""),
    "gzip of a pickle": gzip.compress(pickle.dumps([1])), "brackets": b"{" * DEPTH,
}  # fmt: skip
MOST_BYTES = 150 * MB


def opened(tmp_path: Path, content: bytes) -> dict[str, Any]:
    """What a trace is read as, within bounds of time and memory."""
    path = tmp_path / "trace.json"
    path.write_bytes(content)
    done = measured(tmp_path, "report", path, "--json")
    assert (done.code, done.err) == (0, "")
    assert 0 < done.peak_bytes < MOST_BYTES, f"{done.peak_bytes / MB:.0f} MB"
    assert not (tmp_path / "ran").exists()
    return json.loads(done.out)  # type: ignore[no-any-return]


@pytest.mark.parametrize("what", PASSED_OVER)
def test_what_makes_no_sense_in_a_trace_is_counted_and_the_rest_is_read(tmp_path: Path, what: str) -> None:
    content, reason = PASSED_OVER[what]
    imported = opened(tmp_path, content)["imported"]
    assert (imported["events"], imported["spans"], imported["skipped"]) == (3, 2, {reason: 1})


@pytest.mark.parametrize("what", READ)
def test_what_is_odd_in_a_trace_is_read(tmp_path: Path, what: str) -> None:
    content, counts = READ[what]
    said = opened(tmp_path, content)
    imported = said["imported"]
    assert (imported["events"], imported["spans"], len(imported["skipped"])) == counts
    said_of = {"cut off": "cut off", "depth 1e5 of spans": "lie deeper"}.get(what)
    warnings = said["lost"]["warnings"]
    assert not warnings if said_of is None else said_of in " ".join(warnings)


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_trace_is_one_clear_error(tmp_path: Path, what: str) -> None:
    path = tmp_path / "trace.json"
    path.write_bytes(REFUSED[what])
    done = procession("report", path, "--json")
    assert (done.code, done.out) == (2, b"")
    assert str(path) in done.sentence


@pytest.mark.parametrize("inside", [b'[{"ph":"i","ts":1,"name":"a"},', b'[{"ph":"i","ts":1,"name":"', b"[[[["])
def test_a_gzip_bomb_is_read_no_further_than_a_trace_goes(tmp_path: Path, inside: bytes) -> None:
    """Nearly 400 MB in 400 kB, of which no more than a little is ever held."""
    path = tmp_path / "bomb.json.gz"
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as file:
        file.write(inside)
        for _ in range(24):
            file.write(b" " * (16 * MB))
    bomb = out.getvalue()
    path.write_bytes(bomb)
    done = measured(tmp_path, "report", path, "--json", limit_s=100)
    assert done.code in (0, 2), done.err
    assert "Traceback" not in done.err
    assert 0 < done.peak_bytes < 2 * MOST_BYTES, f"{done.peak_bytes / MB:.0f} MB"
    if done.code == 0:
        warnings = json.loads(done.out)["lost"]["warnings"]
        assert "expands to more than a trace ever does" in warnings[-1] or "cut off" in warnings[-1]
    else:
        assert done.sentence


def test_a_million_events_open_in_bounded_memory(tmp_path: Path) -> None:
    """With ten million: EVENTS=10000000 make test ARGS="tests/faults/test_files.py -k million --timeout 900"."""
    count = int(os.environ.get("EVENTS", "1000000"))
    path = tmp_path / "large.json"
    with path.open("w") as file:
        file.write("[\n")
        for start in range(0, count, 10_000):
            file.write("".join(
                f'{{"ph":"X","pid":1,"tid":{at % 4},"ts":{at * 8},"dur":5,"name":"f{at % 500}"}},\n'
                for at in range(start, start + 10_000)
            ))  # fmt: skip
        file.write("{}]\n")
    done = measured(tmp_path, "report", path, "--json", limit_s=max(LIMIT_S, count / 20_000))
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["imported"]["spans"] == count
    assert done.peak_bytes < 100 * MB + 100 * count


# The same in the window, which stays live.


DRIVER = Path(__file__).with_name("driven_files.py")


def driven(*arguments: object, cwd: Path, limit_s: float = LIMIT_S) -> list[str]:
    """What the application says in this scenario. Fails when it does not end well."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", str(DRIVER), *map(str, arguments)], cwd=cwd, capture_output=True, text=True,
        timeout=limit_s, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    errors = [line for line in done.stderr.splitlines() if not line.startswith("This plugin does not support")]
    assert (done.returncode, errors) == (0, []), errors
    return done.stdout.splitlines()


def test_the_window_stays_live_while_it_opens_what_is_hostile_or_large(tmp_path: Path) -> None:
    files = {
        "deep.json": READ["depth 1e5 of spans"][0], "digits.json": PASSED_OVER["5,000 digits"][0],
        "pickle.json": REFUSED["pickle"], "brackets.json": REFUSED["brackets"],
        "large.json": b"[" + b",".join(event(ts=at * 8, dur=5, tid=at % 4).encode() for at in range(200_000)) + b"]",
    }  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    said = [line.split(" ", 2) for line in driven("opening", *files, cwd=tmp_path)]
    assert [words[2] for words in said] == ["1 processes", "1 processes", "refused", "refused", "1 processes"]
    assert max(float(words[1]) for words in said) < 1.0, said


# Rich text in names.


@pytest.fixture
def fifo(tmp_path: Path) -> Iterator[Path]:
    """A pipe that nobody writes to, where an image would come from: who reads it hangs."""
    path = tmp_path / "fifo"
    os.mkfifo(path)
    yield path
    assert not is_read(path)


def is_read(fifo: Path) -> bool:
    """Whether anybody has it open, which lets its reader go."""
    try:
        os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def test_the_trap_works(fifo: Path, tmp_path: Path) -> None:
    """What Qt does when it is left to it: the whole application hangs in the image."""
    with subprocess.Popen([sys.executable, str(DRIVER), "trap"], cwd=tmp_path, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)}) as window:  # fmt: skip
        try:
            until_s = time.monotonic() + LIMIT_S
            while not is_read(fifo):
                assert time.monotonic() < until_s
                time.sleep(0.01)
        finally:
            window.kill()


def test_markup_in_any_name_is_shown_as_it_is_everywhere(run: Path, fifo: Path, tmp_path: Path) -> None:
    markup = "<img src=fifo>"
    saved = tmp_path / f"{markup}.procession"
    saved.write_bytes(run.read_bytes())
    args = {markup: 1}
    trace = [
        {"ph": "M", "pid": 1, "name": "process_name", "args": {"name": markup}},
        {"ph": "M", "pid": 1, "tid": 1, "name": "thread_name", "args": {"name": markup}},
        *({"ph": "X", "pid": 1, "tid": 1, "ts": at * 10, "dur": 9, "name": markup, "args": args} for at in range(9)),
        {"ph": "i", "pid": 1, "tid": 1, "ts": 5, "name": markup}, {"ph": "C", "pid": 1, "ts": 5, "name": markup, "args": args},
        {"ph": "b", "cat": markup, "id": markup, "pid": 1, "ts": 1, "name": markup}, {"ph": markup, "ts": 1},
    ]  # fmt: skip
    (tmp_path / f"{markup}.json").write_text(json.dumps(trace))
    (tmp_path / f"{markup}.txt").write_text("no trace")
    said = driven(
        "names", *(f"{markup}{suffix}" for suffix in (".procession", ".json", ".txt")), cwd=tmp_path, limit_s=110
    )
    assert not [line for line in said if line.startswith("RICH")], said
    (seen,) = [line.split()[1:] for line in said if line.startswith("seen ")]
    assert {"QLabel", "QMessageBox", "RecordTable", "Toast", "a"} <= set(seen), seen
    assert (tmp_path / "ran").exists()


# Export to where nothing can be written, and killed while saving.


def exported(run: Path, out: Path, **more: Any) -> Done:
    (done,) = exports((run, out), **more)
    return done


def exports(*pairs: tuple[Path, Path], **more: Any) -> list[Done]:
    """The runs written to the files, each by a command of its own, at the same time."""
    commands = [[*PROCESSION, "export", str(run), str(out)] for run, out in pairs]
    done = at_once(commands, **more)
    for one in done:
        assert "Traceback" not in one.err
        assert "Saved" not in one.err or one.code == 0
    return done


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_full_device_is_an_error_for_every_kind(run: Path, tmp_path: Path, kind: str) -> None:
    target = tmp_path / f"full{kind}"
    target.symlink_to("/dev/full")
    done = exported(run, target)
    assert done.code == 1
    assert "could not be saved: the disk is full" in done.sentence


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_limit_of_file_sizes_leaves_the_old_file_to_the_byte(
    run: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # else Python leaves compiled modules that are cut short
    target = tmp_path / f"old{kind}"
    target.write_bytes(b"old")
    limit = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (256, 256))}
    unopened, done = exports((run, target), (folder, target), **limit)
    assert unopened.code == 2
    assert "could not be unpacked into a folder for temporary files: file too large" in unopened.sentence
    assert done.code == 1
    assert "could not be saved: " in done.sentence
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_missing_folder_and_a_folder_as_target_are_errors(run: Path, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / f"folder{kind}"
    folder.mkdir()
    missing, taken = exports((run, tmp_path / "no" / f"a{kind}"), (run, folder))
    assert (missing.code, taken.code) == (2, 2)
    assert "does not exist" in missing.sentence
    assert "is a folder" in taken.sentence
    assert [path.name for path in tmp_path.iterdir()] == [f"folder{kind}"]
    assert not list((tmp_path / f"folder{kind}").iterdir())


def _as_a_person_without_privileges() -> None:
    """Whoever is root may write anywhere, unless what allows that is given up."""
    import ctypes

    drop, override, search = 24, 1, 2
    libc = ctypes.CDLL(None)
    for capability in (override, search):
        libc.prctl(drop, capability, 0, 0, 0)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_read_only_folder_is_an_error_and_the_old_file_stays(run: Path, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "read only"
    folder.mkdir()
    old = folder / f"old{kind}"
    old.write_bytes(b"old")
    folder.chmod(0o555)
    try:
        targets = (old, folder / f"new{kind}")
        for done in exports(*((run, target) for target in targets), preexec_fn=_as_a_person_without_privileges):
            assert done.code == 2
            assert "is read-only" in done.sentence
    finally:
        folder.chmod(0o755)
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [(old.name, b"old")]


@pytest.fixture(scope="module")
def whole(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the run as a file of every kind, of which none was disturbed."""
    where = tmp_path_factory.mktemp("whole")
    assert procession("export", folder, *(where / f"a{kind}" for kind in EVERY_KIND)).code == 0
    return where


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_killed_while_saving_the_old_file_is_there_to_the_byte(
    folder: Path, whole: Path, tmp_path: Path, kind: str
) -> None:
    """Killed when the new file has appeared beside the old one; it may be so quick that it is in place by then."""
    target = tmp_path / f"a{kind}"
    new = (whole / target.name).read_bytes()
    for _ in range(20):
        target.write_bytes(b"old")
        with subprocess.Popen([*PROCESSION, "export", str(folder), str(target)], stderr=subprocess.DEVNULL) as saving:
            while saving.poll() is None and not (beside := [path for path in tmp_path.iterdir() if path != target]):
                pass
            saving.kill()
        there = target.read_bytes()
        for path in beside:
            path.unlink(missing_ok=True)
        if there == b"old" and saving.returncode == -signal.SIGKILL:
            return
        assert alike(there, new, kind)
    pytest.fail("it was never killed in time")


def alike(one: bytes, other: bytes, kind: str) -> bool:
    """Whether both are whole files of the kind; some of them hold the moment at which they were made."""
    ends = {".png": b"IEND", ".pdf": b"%%EOF", ".svg": b"</svg>"}.get(kind)
    return len(one) > 0 and (ends in one[-20:] if ends else abs(len(one) - len(other)) < 64)


# What a name can do to other programs.


def test_an_svg_with_control_characters_is_well_formed(run: Path, tmp_path: Path) -> None:
    assert exported(run, tmp_path / "a.svg").code == 0
    texts = ["".join(element.itertext()) for element in ElementTree.parse(tmp_path / "a.svg").iter()]
    assert any(text.strip().startswith("a‹SOH›") for text in texts)  # each control character by its name
    assert not any(char < " " and char != "\n" for text in texts for char in text)
    assert "<img src=fifo>" in texts


def test_no_cell_of_a_csv_is_a_formula(run: Path, tmp_path: Path) -> None:
    assert exported(run, tmp_path / "a.csv").code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_bytes().decode(), newline="")))
    assert [row["name"].removeprefix("'") for row in rows[1:7]] == [called(name) for name in NAMES[:6]]
    for row in rows:
        for column, cell in row.items():
            assert not cell.startswith(("=", "+", "@", "\t", "\r")), (column, cell)
            assert not cell.startswith("-") or cell[1:].isdigit(), (column, cell)
            assert "\0" not in cell


def test_a_report_for_a_terminal_has_nothing_that_it_would_act_on(run: Path) -> None:
    done = procession("report", run)
    assert done.code == 0
    assert not set(done.out.decode()) & (set(map(chr, range(32))) - {"\n"})
    assert "<img src=fifo>" in done.out.decode()


# The clock is set back, or the machine sleeps.


@pytest.fixture(scope="module")
def false_clocks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment in which every process has clocks that lie."""
    if shutil.which("cc") is None:
        pytest.skip("there is no compiler here for the clocks that lie")
    library = tmp_path_factory.mktemp("clocks") / "clocks.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(script_path("false_clocks.c"))], check=True)
    code = "import time; began = time.time(); time.sleep(1.1); print(time.time() < began, time.monotonic() > 0)"
    lies = subprocess.run([sys.executable, "-c", code], env={**os.environ, "LD_PRELOAD": str(library)}, check=True,
                          capture_output=True)  # fmt: skip
    assert lies.stdout == b"True True\n"
    return {"LD_PRELOAD": str(library)}


def test_times_are_monotonic_while_the_clock_is_set_back_and_a_suspend_is_a_gap(
    tmp_path: Path, false_clocks: dict[str, str]
) -> None:
    out = tmp_path / "a.procession"
    done = procession("run", "--json", "--workload", "sleep", "--sizes", "1800 ms,300 ms", "-o", out,
                      env={**os.environ, **false_clocks})  # fmt: skip
    assert done.code == 0, done.err
    said = json.loads(done.out)
    assert report(out) == said
    for process in said["processes"]:
        moments = ("start_called_s", "start_returned_s", "target_began_s", "target_ended_s", "exited_s", "joined_s")
        times = [process[name] for name in moments if process[name] is not None]
        assert len(times) == 6 - 1 * (process["id"] == 1)
        assert times[0] == min(times)
        assert times[2:] == sorted(times[2:])
    assert 1.8 < said["program"]["duration_s"] < 10
    (slept,) = said["suspends"]
    assert slept["lasted_s"] == pytest.approx(3600, abs=1)
    assert 0.9 < slept["at_s"] < 2
    suspended, later = said["findings"]
    assert (suspended["code"], suspended["text"], suspended["at_s"]) == (
        "suspended", "The machine slept for 1 h 00 min: the time axis leaves that time out.", slept["at_s"]
    )  # fmt: skip
    assert later["code"] == "reaped_later"  # the shorter one of the two, which is joined second
    assert exported(out, tmp_path / "a.svg").code == 0
    assert "slept 1 h 00 min" in (tmp_path / "a.svg").read_text()
