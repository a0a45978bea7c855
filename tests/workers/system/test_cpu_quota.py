"""The quota of control groups, as files of both versions say it."""

from pathlib import Path

import pytest

from workers.system.cpu_quota import CpuQuota, cpu_quota


def write(root: Path, **files: str) -> None:
    """A control group's files; an underscore in a name is a dot."""
    root.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (root / name.replace("_", ".", 1)).write_text(text)


def test_the_narrowest_group_counts(tmp_path: Path) -> None:
    write(tmp_path / "groups", cpu_max="max 100000\n")
    (tmp_path / "cgroup").write_text("0::/outer/inner\n")
    root = tmp_path / "sys"
    stat = "usage_usec 1\nnr_periods 40\nnr_throttled {}\nthrottled_usec 3100000\n"
    write(root / "outer/inner", cpu_max="200000 100000\n", cpu_stat=stat.format(3))
    write(root / "outer", cpu_max="150000 100000\n", cpu_stat=stat.format(31))
    write(root, cpu_max="max 100000\n")
    assert cpu_quota(tmp_path / "cgroup", root) == CpuQuota(1.5, 3_100_000_000, 31, 40)


def test_the_first_version(tmp_path: Path) -> None:
    (tmp_path / "cgroup").write_text("4:cpu,cpuacct:/box\n3:memory:/box\n")
    write(
        tmp_path / "sys/cpu/box", cpu_cfs_quota_us="50000\n", cpu_cfs_period_us="100000\n",
        cpu_stat="nr_periods 9\nnr_throttled 4\nthrottled_time 700000000\n",
    )  # fmt: skip
    assert cpu_quota(tmp_path / "cgroup", tmp_path / "sys") == CpuQuota(0.5, 700_000_000, 4, 9)


@pytest.mark.parametrize("quota", ["max 100000", "-1", "", "5 0", "nonsense 1"])
def test_no_limit_and_nothing_that_can_be_read(tmp_path: Path, quota: str) -> None:
    (tmp_path / "cgroup").write_text("0::/box\n")
    write(tmp_path / "sys/box", cpu_max=quota, cpu_stat="")
    assert cpu_quota(tmp_path / "cgroup", tmp_path / "sys") == CpuQuota()
    assert cpu_quota(tmp_path / "missing", tmp_path / "sys") == CpuQuota()
