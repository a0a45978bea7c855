"""The machine's memory and cores, and the limits of control groups, which are made here by hand."""

from pathlib import Path

import psutil
import pytest

from workers.system.machine import group_available_bytes, look_at_machine


def test_this_machine_has_memory_and_cores() -> None:
    machine = look_at_machine()
    assert machine.available_bytes > 10_000_000
    assert machine.cores >= 1


def test_the_memory_is_what_psutil_says() -> None:
    group_bytes = group_available_bytes()
    before, found, after = (psutil.virtual_memory().available, look_at_machine(), psutil.virtual_memory().available)
    if group_bytes is None:
        slack = 200_000_000  # other processes take and give memory meanwhile
        assert min(before, after) - slack <= found.available_bytes <= max(before, after) + slack


def group(folder: Path, **files: str) -> Path:
    """A control group's folder with these files; `_` in their names stands for a dot once."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("memory_", "memory.", 1)).write_text(text)
    return folder


def groups_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "groups"
    path.write_text(text)
    return path


def test_a_limit_of_version_2_bounds_what_is_available(tmp_path: Path) -> None:
    root = tmp_path / "fs"
    group(root / "app", memory_max="1000\n", memory_current="700\n", memory_stat="anon 500\ninactive_file 150\n")
    group(root / "app" / "inner", memory_max="max\n", memory_current="700\n", memory_stat="inactive_file 150\n")
    groups = groups_file(tmp_path, "0::/app/inner\n")
    assert group_available_bytes(groups, root) == 450, "the parent's limit holds for the child too"


def test_a_limit_of_version_1_bounds_what_is_available(tmp_path: Path) -> None:
    root = tmp_path / "fs"
    group(
        root / "memory", memory_limit_in_bytes="2000", memory_usage_in_bytes="500", memory_stat="total_inactive_file 1"
    )
    groups = groups_file(tmp_path, "5:cpu,cpuacct:/box\n4:memory:/box/that/is/outside\n0::/\n")
    assert group_available_bytes(groups, root) == 1501


@pytest.mark.parametrize("text", ["", "0::/\n", "nonsense", "4:memory\n", "0::/../../outside\n"])
def test_without_a_limit_nothing_is_bounded(tmp_path: Path, text: str) -> None:
    group(tmp_path / "fs", memory_max="max\n", memory_current="1", memory_stat="")
    assert group_available_bytes(groups_file(tmp_path, text), tmp_path / "fs") is None
    assert group_available_bytes(tmp_path / "missing", tmp_path / "fs") is None


def test_a_group_over_its_limit_leaves_nothing(tmp_path: Path) -> None:
    group(tmp_path / "fs", memory_max="10", memory_current="50", memory_stat="inactive_file 0")
    assert group_available_bytes(groups_file(tmp_path, "0::/\n"), tmp_path / "fs") == 0
