"""What Procession finds on a machine."""

import json
import re
from importlib import metadata
from pathlib import Path

import pytest

from desktop.environment import doctor


def test_everything_is_json_and_has_a_line() -> None:
    found, missing = doctor.examine()
    data = json.loads(json.dumps(doctor.report(found, missing)))
    assert {"procession", "python", "platform", "packages", "display", "start_methods", "cores", "memory_bytes",
            "available_bytes", "group_available_bytes", "runs_folder", "cpu_quota", "room_bytes", "pidfd", "process_events",
            "missing"} <= set(data)  # fmt: skip
    lines = doctor.text(found, missing).splitlines()
    assert all(any(line.startswith(one.head) for line in lines) for one in found)
    assert data["room_bytes"] > 0


def test_a_full_disk_is_missing_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_room", lambda: 1_000_000)
    assert any("Only 1 MB are left" in said for said in doctor.examine()[1])


def test_without_a_display_nothing_is_missing_but_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "missing_display", lambda: "There is no display here.")
    found, missing = doctor.examine()
    assert doctor.report(found, missing)["display"] is False
    text = next(one.text for one in found if one.key == "display")
    assert text.startswith("There is no display here. The window needs one; run, record, report and export do without.")
    assert not any("display" in said for said in missing)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (
            (64, 20_000),
            "Only 64 files may be open at once, and a run of many processes needs more. Raise that: ulimit -n 1024",
        ),
        ((64, 64), "Raise that as root, which alone may: ulimit -n 1024"),
        ((256, 256), ""),
        ((None, None), ""),
    ],
)
def test_too_few_open_files_are_told_with_the_command(
    monkeypatch: pytest.MonkeyPatch, limits: tuple[int | None, int | None], said: str
) -> None:
    monkeypatch.setattr(doctor, "_limit", lambda name: limits)
    about = [one for one in doctor.examine()[1] if "open at once" in one]
    assert about == [] if not said else about[0].endswith(said)


def test_every_package_that_is_needed_is_looked_for() -> None:
    needed = {
        re.split(r"[<>=!~ ;\[]", one)[0] for one in metadata.requires("procession") or () if "extra ==" not in one
    }
    assert {name.lower() for name in needed} == {name.lower() for name in doctor.examine()[0][3].value}


@pytest.mark.parametrize(
    ("group", "files", "cores"),
    [
        ("0::/a/b", {"a/cpu.max": "150000 100000\n", "a/b/cpu.max": "max 100000\n"}, 1.5),
        ("0::/", {}, None),
        ("4:cpu,cpuacct:/x", {"cpu/x/cpu.cfs_quota_us": "50000\n", "cpu/x/cpu.cfs_period_us": "100000\n"}, 0.5),
        ("4:cpu:/x", {"cpu/x/cpu.cfs_quota_us": "-1\n", "cpu/x/cpu.cfs_period_us": "100000\n"}, None),
    ],
)
def test_cores_that_a_control_group_leaves(
    tmp_path: Path, group: str, files: dict[str, str], cores: float | None
) -> None:
    (tmp_path / "cgroup").write_text(f"{group}\n")
    for name, text in files.items():
        path = tmp_path / "fs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert doctor.cpu_quota(tmp_path / "cgroup", tmp_path / "fs") == cores
