"""Which killed processes were killed for want of memory, by the kernel's counts."""

from pathlib import Path

from workers.keeper.watching.memory_kills import MemoryKills
from workers.system.machine import group_kills_for_memory


class Kernel:
    """Counts that the test sets, and a clock that it moves."""

    def __init__(self, groups: dict[int, str] | None = None) -> None:
        self.machine = 18
        self.counts = {"/run": 4}
        self.groups = {0: "/run"} if groups is None else groups
        self.now_s = 100.0
        self.kills = MemoryKills(lambda: self.machine, self.of_group, lambda: self.now_s)

    def of_group(self, pid: int) -> tuple[str, int] | None:
        name = self.groups.get(pid)
        return None if name is None else (name, self.counts.get(name, 0))


def test_a_kill_counts_for_one_process() -> None:
    kernel = Kernel({})
    assert not kernel.kills.ended(1)
    kernel.machine += 1
    assert kernel.kills.ended(2)
    assert not kernel.kills.ended(3)


def test_two_kills_at_once_are_two() -> None:
    kernel = Kernel({})
    kernel.machine += 2
    assert kernel.kills.ended(1)
    assert kernel.kills.ended(2)
    assert not kernel.kills.ended(3)


def test_two_kills_at_once_in_a_group_that_was_not_known() -> None:
    kernel = Kernel({0: "/run", 8: "/run/small"})
    kernel.counts["/run/small"] = 9
    kernel.machine += 2
    assert [kernel.kills.ended(8) for _ in range(3)] == [True, True, False]


def test_an_old_kill_of_some_other_program_says_nothing() -> None:
    kernel = Kernel({})
    kernel.machine += 1
    kernel.kills.refresh()
    kernel.now_s += 60
    assert not kernel.kills.ended(1)


def test_a_process_that_takes_long_to_end_was_killed_all_the_same() -> None:
    kernel = Kernel({})
    kernel.machine += 1
    kernel.kills.refresh()
    kernel.now_s += 2
    kernel.kills.refresh()
    assert kernel.kills.ended(1)


def test_a_kill_in_another_group_is_none_of_this_process() -> None:
    kernel = Kernel({0: "/run", 7: "/run", 8: "/run/small", 9: "/run/other"})
    kernel.machine += 1
    assert not kernel.kills.ended(7)  # the count of its group is as before
    kernel.counts["/run/small"] = 1
    assert not kernel.kills.ended(9)
    assert kernel.kills.ended(8)


def test_the_counts_of_both_versions_of_control_groups(tmp_path: Path) -> None:
    (tmp_path / "self").mkdir()
    shown, root = tmp_path / "self" / "cgroup", tmp_path / "fs"
    shown.write_text("9:name=systemd:/\n4:cpu,memory:/one\n0::/two\n")
    for folder, file, text in (
        ("memory/one", "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"),
        ("two", "memory.events", "low 0\noom 5\noom_kill 5\n"),
    ):
        (root / folder).mkdir(parents=True)
        (root / folder / file).write_text(text)
    assert group_kills_for_memory(0, tmp_path, root) == ("/one", 3)
    shown.write_text("0::/two\n")
    assert group_kills_for_memory(0, tmp_path, root) == ("/two", 5)
    shown.write_text("0::/gone\n")
    assert group_kills_for_memory(0, tmp_path, root) is None
    assert group_kills_for_memory(1, tmp_path, root) is None


def test_an_ended_process_of_version_1_has_no_group_that_can_be_told(tmp_path: Path) -> None:
    """The kernel moves it to the first group, whose count says nothing about the one that it was in."""
    for pid in ("7", "self"):
        (tmp_path / pid).mkdir()
        (tmp_path / pid / "cgroup").write_text("4:memory:/\n0::/\n")
    root = tmp_path / "groups"
    (root / "memory").mkdir(parents=True)
    (root / "memory" / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
    assert group_kills_for_memory(7, tmp_path, root) is None
    assert group_kills_for_memory(0, tmp_path, root) == ("/", 2)
