"""The declarations of journal records: one for each kind, in the format's page, and as probe, program and keeper write them."""

import ast
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import pytest
from support.documents import check_part, table
from support.paths import ROOT
from support.recording import recording

from workers.engines.programs import script_program
from workers.journal import cluster_kinds, keeper_kinds, plan_kinds, process_kinds
from workers.journal.follower import read_all
from workers.journal.keeper_kinds import StandstillNoted
from workers.journal.kinds import Kind
from workers.journal.slot_layout import WORD, A, B, ClockNs, layout_of, written_as
from workers.journal.slots import RECORD_TYPES, packed
from workers.recorded.probe import SLOT

PAGE = "workers/journal/FORMAT.md"
PLACES = ("flags", "small", "word", "t", "a", "b", "c", "d", "e", "f")
WRITERS = [*(ROOT / "workers/recorded").glob("[ps]*.py"), *(ROOT / "workers/keeper").glob("*.py")]
IN_HALVES = {f"{half} half of {place}": place for half in ("low", "high") for place in "abcde"}
OF_TASKS = ["flags", "small", "word", "t", *"aabbccdeef"]
"""The places that `_pack_task` fills, in order."""
OF_WORK = ["flags", "word", "t", *"accf"]
"""The same of `_pack_work`, whose other places are 0."""


def test_each_kind_is_declared_once() -> None:
    declared = [(layout_of(one).kind, layout_of(one).variant) for one in RECORD_TYPES]
    assert len(set(declared)) == len(declared)
    assert {kind for kind, _ in declared} == set(Kind)
    for kind in Kind:
        variants = [variant for one, variant in declared if one is kind]
        assert variants == [None] or variants == list(range(len(variants))), kind


@pytest.mark.parametrize("module", [process_kinds, plan_kinds, keeper_kinds, cluster_kinds])
def test_every_class_of_these_modules_is_a_record_type(module: object) -> None:
    here = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]  # type: ignore[attr-defined]
    assert [one.__name__ for one in here if one not in RECORD_TYPES] == []


def test_a_slot_has_room_for_all_fields_and_packs_what_it_unpacks() -> None:
    for one in RECORD_TYPES:
        layout = layout_of(one)
        slot = layout.pack(*[b"x" * 56 if field.place.code == "56s" else 7 for field in layout.fields])
        assert len(slot) == SLOT
        assert layout.pack(*layout.unpack_from(slot, 0)) == slot


def test_a_field_without_a_place_or_out_of_order_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Placeless\.pid"):

        @written_as(Kind.BYE)
        class Placeless(NamedTuple):
            clock_ns: ClockNs
            pid: int

    with pytest.raises(TypeError, match=r"Twice\.second"):

        @written_as(Kind.BYE)
        class Twice(NamedTuple):
            first: Annotated[int, A]
            second: Annotated[int, A]

    with pytest.raises(TypeError, match=r"Backwards\.word"):

        @written_as(Kind.BYE)
        class Backwards(NamedTuple):
            number: Annotated[int, B]
            word: Annotated[int, WORD]


@pytest.mark.pages
def test_readme_lists_each_kind_with_its_fields() -> None:
    rows = []
    for one in RECORD_TYPES:
        layout = layout_of(one)
        kind = f"{layout.kind.value} {layout.kind.name}" + (
            "" if layout.variant is None else f", flags {layout.variant}"
        )
        fields = [
            f"{field.place.name}: `{field.name}`" + (f" ({field.meaning})" if field.meaning else "")
            for field in layout.fields
        ]
        rows.append([kind, f"`{one.__name__}`", " ".join((one.__doc__ or "").split()), "; ".join(fields)])
    check_part(PAGE, "kinds of records", table(["number and kind", "record type", "meaning", "fields"], rows))


_PACKING = {"_pack_body": PLACES, "_pack_task": OF_TASKS, "_pack_work": OF_WORK}


class Written(NamedTuple):
    """One place in the source where a record is written. unknown: places that a starred argument may fill."""

    where: str
    kind: Kind
    variant: int | None
    places: frozenset[str]
    unknown: frozenset[str]


def written_in(path: Path) -> Iterator[Written]:
    """The records that a file writes, by the calls of `Journal.write` and by slots that are packed in place."""
    tree = ast.parse(path.read_text())
    constants: dict[str, int] = {}
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Tuple)
            and isinstance(node.targets[0], ast.Tuple)
        ):
            names = map(ast.unparse, node.targets[0].elts)
            values = [one.value if isinstance(one, ast.Constant) else None for one in node.value.elts]
            constants.update((name, value) for name, value in zip(names, values, strict=True) if isinstance(value, int))

    def kind_of(node: ast.expr) -> Kind | None:
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        return Kind.__members__.get(name)

    def is_zero(node: ast.expr) -> bool:
        return isinstance(node, ast.Constant) and node.value == 0

    def written(node: ast.Call, kind: Kind, given: list[ast.expr], into: Sequence[str] = PLACES) -> Written:
        starred = next((at for at, one in enumerate(given) if isinstance(one, ast.Starred)), len(given))
        places = {place for place, one in zip(into[:starred], given, strict=False) if not is_zero(one)}
        places |= {keyword.arg for keyword in node.keywords if keyword.arg and not is_zero(keyword.value)}
        variant = None
        if any(layout_of(one).variant is not None for one in RECORD_TYPES if layout_of(one).kind is kind):
            flags = given[0] if given else ast.Constant(0)
            variant = flags.value if isinstance(flags, ast.Constant) else constants[ast.unparse(flags)]
            places -= {"flags"}
        unknown = frozenset(PLACES[starred:] if starred < len(given) else ())
        return Written(f"{path.name}:{node.lineno}", kind, variant, frozenset(places), unknown)

    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        packed: ast.Call | None = None
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Attribute) and node.func.attr == "write" and node.args:
                kind = kind_of(node.args[0])
                if kind is not None:
                    yield written(node, kind, node.args[1:])
            elif isinstance(node.func, ast.Name) and node.func.id in _PACKING and function.name != "write":
                packed = node
        if packed is not None:  # its kind byte is set afterwards
            kinds = [
                kind_of(node.value)
                for node in ast.walk(function)
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)
            ]
            kind = next(one for one in kinds if one is not None)
            yield written(packed, kind, packed.args[2:], _PACKING[ast.unparse(packed.func)])


def test_probe_program_and_keeper_write_what_is_declared() -> None:
    found = [one for path in WRITERS for one in written_in(path)]
    by_type: dict[type, set[str]] = {}
    for record_type in RECORD_TYPES:
        layout = layout_of(record_type)
        if record_type is StandstillNoted:
            assert not [one for one in found if one.kind is layout.kind]  # only in runs of earlier versions
            continue
        if record_type.__module__ == cluster_kinds.__name__:
            continue  # the bridge packs the records themselves
        if layout.variant is not None or layout.kind not in (Kind.TEXT, Kind.MORE, Kind.CUT):
            declared = {IN_HALVES.get(field.place.name, field.place.name) for field in layout.fields}
            writers = [one for one in found if one.kind is layout.kind and one.variant == layout.variant]
            assert writers, f"{record_type.__name__} is not written"
            for one in writers:
                assert one.places <= declared, f"{one.where} writes {one.places - declared} of {record_type.__name__}"
                by_type.setdefault(record_type, set()).update(one.places | one.unknown & declared)
            missing = declared - by_type[record_type]
            # Some fields are only added in place, as the end of a task; a variant or an answer of 0 is no argument.
            allowed = {Kind.TASK: {"d", "e"}, Kind.QUEUE_COUNTED: {"a", "b", "c"}}.get(layout.kind, set())
            assert missing <= allowed, f"{record_type.__name__}: {missing} is declared and never written"


EVERYTHING = """
import concurrent.futures, multiprocessing, os, random, signal, socket, subprocess, sys, time
from multiprocessing import shared_memory

def work(number=0):
    return number

def share():
    generator.random(), client.recv(100)
    print("in a buffer")
    os._exit(0)

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    number = context.Value("i", 0)
    number.value += 1
    generator = random.Random(5)
    listener = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listener.getsockname())
    listener.accept()[0].send(b"an answer")
    worker = context.Process(target=share)  # while there are no other threads: see Hooks.leaving()
    worker.start()
    worker.join()
    worker = context.Process(target=time.sleep, args=(0.3,))
    worker.start()
    while worker.is_alive():
        pass
    worker.join()
    with context.Pool(1) as pool:
        pool.map(work, range(3))
        pool.apply(len, (bytes(20000),))
        results = pool.imap(work, range(30))
        pool.apply(work)
        list(results)
    with concurrent.futures.ProcessPoolExecutor(1, context) as executor:
        executor.submit(work).result()
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        executor.submit(work).result()
    if sys.version_info >= (3, 14):
        executor = concurrent.futures.ProcessPoolExecutor(1, context)
        executor.submit(work)
        executor.terminate_workers()
    queue = context.JoinableQueue()
    queue.put(1)
    queue.get()
    queue.task_done()
    queue.join()
    with context.Manager() as manager:
        manager.list()
    block = shared_memory.SharedMemory(create=True, size=10)
    block.close()
    block.unlink()
    spawned = multiprocessing.get_context("spawn").Process(target=work)
    spawned.start()
    spawned.join()
    subprocess.run([sys.executable, "-c", ""])
    os.system("exit 0")
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    os.kill(os.getpid(), signal.SIGUSR1)
    import slowly
"""


@pytest.mark.skipif(os.name != "posix", reason="forks")
def test_slots_of_a_real_run_hold_their_declared_fields_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "everything.py").write_text(EVERYTHING)
    (tmp_path / "slowly.py").write_text("import time\ntime.sleep(0.002)\n")
    program = script_program(str(tmp_path / "everything.py"))
    found: set[type] = set()
    with recording(program) as following:
        assert following.finish().exit_code == 0
        for batch in read_all(following.run.folder):
            for entries in batch.entries:
                data = entries.records.data
                for at, record in enumerate(entries.records):
                    found.add(type(record))
                    assert packed(record) == data[at * SLOT : (at + 1) * SLOT], (entries.name, record)
    rare = {process_kinds.TextPiece, process_kinds.MoreFollows, process_kinds.JournalCut, process_kinds.RecorderWarning,
            process_kinds.WatchedValue, process_kinds.TasksLeftOut}  # fmt: skip
    if sys.version_info < (3, 14):
        rare.add(process_kinds.WorkerSignalled)
    written_by_the_probe = {one for one in RECORD_TYPES if one.__module__ == process_kinds.__name__}
    assert written_by_the_probe - found <= rare
