"""What the probe concludes about shared state: draws from generators, statements, os._exit()."""

import inspect
import mmap
import os
import pickle
import random
import subprocess
import sys
import textwrap
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.paths import ROOT
from support.recording import recording

from workers.engines.programs import script_program
from workers.recorded.probe import REGION, REGION_SLOTS, Hooks, Journal, LeavesAtOnce

WATCH = Hooks("", "", (), {}).watcher()
CODE: dict[str, Any] = WATCH.drawing_began.__func__.__globals__


def drew(generator: Any, act: Any) -> bool:
    before = CODE["_state_of"](generator)
    act()
    after = CODE["_state_of"](generator)
    assert before != after
    return bool(CODE["_drew"](before, after))


@pytest.mark.parametrize("bits", ["PCG64", "PCG64DXSM", "MT19937", "Philox"])
@pytest.mark.parametrize("draws", [1, 700, 100_000])
def test_a_generator_of_numpy_that_was_drawn_from(bits: str, draws: int) -> None:
    rng = np.random.Generator(getattr(np.random, bits)(5))
    assert drew(rng, lambda: rng.random(draws))
    assert drew(rng, lambda: rng.integers(9))


@pytest.mark.parametrize("draws", [1, 1000, 100_000])
def test_the_older_generators_that_were_drawn_from(draws: int) -> None:
    old, plain = np.random.RandomState(5), random.Random(5)
    assert drew(old, lambda: old.rand(draws))
    assert drew(plain, lambda: [plain.random() for _ in range(draws)])


def test_generators_that_were_seeded_again() -> None:
    old, plain, rng = np.random.RandomState(5), random.Random(5), np.random.default_rng(5)
    assert not drew(old, lambda: old.seed(6))
    assert not drew(plain, lambda: plain.seed(6))
    assert not drew(rng, lambda: setattr(rng.bit_generator, "state", np.random.default_rng(6).bit_generator.state))
    assert not drew(rng, lambda: rng.bit_generator.advance(1 << 100))


def test_generators_are_looked_for_at_each_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    class Name(str):
        """The name of a class, of which no code may run."""

        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            raise AssertionError("code of the program ran")

        __str__ = __eq__  # type: ignore[assignment]

    module: Any = types.ModuleType("__mp_main__")
    module.first, module.other = type(Name("Other"), (), {})(), {"Random": random.Random(5)}
    monkeypatch.setitem(sys.modules, "__mp_main__", module)
    hooks = Hooks("", "", (), {})
    hooks.journal = Journal("", True, [(mmap.mmap(-1, REGION), 0, REGION_SLOTS - 1, 0)])

    def found() -> list[str]:
        hooks.before_fork()
        return [name for where, name in hooks.generators if where == "__mp_main__"]

    assert found() == []
    module.rng = random.Random(5)
    assert found() == ["rng"]
    module.old = np.random.RandomState(5)
    assert found() == ["rng", "old"]
    del module.rng, module.old
    assert found() == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="where nothing is forked")
@pytest.mark.parametrize("loaded", ["before the probe", "by another module"])
def test_a_generator_that_appears_between_two_forks_is_found_where_numpy_is_not_loaded(
    tmp_path: Path, loaded: str
) -> None:
    """There functions in C look whether there is any, and that only if something was made of the class since it was loaded."""
    (tmp_path / "needs_random.py").write_text("import random\n")
    code = """
        import os, sys
        from workers.recorded import probe
        hooks = probe.Hooks(sys.argv[1], "", (), {})
        hooks.open()
        known = sys.argv[2] == "by another module"
        if known:
            sys.path.insert(0, sys.argv[1])
            sys.meta_path.insert(0, probe._Finder(hooks))
            import needs_random
        import random
        looked, find = [], probe.Hooks._find_generators
        probe.Hooks._find_generators = lambda self: (looked.append(1), find(self))
        def look():
            hooks.before_fork()
            print([name for _, name in hooks.generators])
        alone = random.Random(4)
        hooks.before_fork()
        assert len(looked) == 1 and hooks.generators, looked
        del alone
        hooks.before_fork()
        assert len(looked) == 2 and not hooks.generators, looked
        hooks.before_fork()
        assert len(looked) == 2 + (not known), looked
        class Like(random.Random): pass
        look(), look()
        like, held, kind = Like(5), [random.Random(5)], random.Random
        look()
        rng = random.Random(5)
        look(), look()
        del rng
        look(), look()
        second = random.Random(5)
        look()
        assert "numpy.random" not in sys.modules
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path), loaded],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("\n") == ["[]"] * 3 + ["['rng']"] * 2 + ["[]"] * 2 + ["['second']", ""]


def test_what_is_no_generator() -> None:
    class Random(random.Random):
        """One of the program's own, of which no code may run."""

        def getstate(self) -> Any:
            raise AssertionError("code of the program ran")

    assert [CODE["_state_of"](one) for one in (None, 5, Random(), random.SystemRandom())] == [None] * 4


@pytest.mark.parametrize(
    "statement",
    ["counter.value += 1", "    self.count.value-=n", "a[i] **= 2", "c.value = c.value + 1", "if x: c.value |= 4",
     "a[i + 1] = max(a[i + 1], 7)", "for _ in range(9): c.value = 2 * c.value"],
)  # fmt: skip
def test_statements_that_read_what_they_write(statement: str) -> None:
    assert CODE["_reads_and_writes"](statement)


@pytest.mark.parametrize(
    "statement", ["c.value = 1", "a[i] = b[j] + 1", "if c.value == 3:", "n += 1", "", "c.value = other.value"]
)
def test_statements_that_do_not(statement: str) -> None:
    assert not CODE["_reads_and_writes"](statement)


LOCKED = """
import os, sys, threading, time

def print_for_ever():
    while True:
        sys.stdout.write("x" * 3000 + "\\n")

if __name__ == "__main__":
    threading.Thread(target=print_for_ever, daemon=True).start()
    time.sleep(0.1)
    for _ in range(8):
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
    os._exit(7)
"""


@pytest.mark.skipif(os.name != "posix", reason="forks")
def test_a_fork_leaves_at_once_while_a_thread_of_its_parent_had_the_lock_of_the_buffer(tmp_path: Path) -> None:
    (tmp_path / "locked.py").write_text(LOCKED)
    with recording(script_program(str(tmp_path / "locked.py"))) as following:
        timeline = following.finish()
    assert (timeline.exit_code, [p.exit_code for p in timeline.processes[1:]]) == (7, [0] * 8)
    assert b"Error" not in b"".join(following.written[2])


@pytest.mark.skipif(os.name != "posix", reason="os._exit() is replaced on POSIX alone")
def test_what_stands_for_os_exit_is_as_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    leaves = LeavesAtOnce(Hooks("", "", (), {}))
    monkeypatch.setattr(LeavesAtOnce, "__module__", os.name)
    monkeypatch.setattr(sys.modules[os.name], "_exit", leaves)
    assert pickle.loads(pickle.dumps(leaves)) is leaves
    assert repr(leaves) == repr(leaves.function) == "<built-in function _exit>"
    assert type("Holder", (), {"leave": leaves})().leave is leaves  # no method
    assert list(inspect.signature(leaves).parameters) == ["status"]
    for wrong in (("no number",), (), (1 << 40,)):
        with pytest.raises((TypeError, OverflowError)):
            leaves(*wrong)
