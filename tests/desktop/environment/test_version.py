"""Versions, and the pair of PySide6 and Python that must not run together."""

import pytest

from desktop.environment.version import bad_pair, refusal, version


@pytest.mark.parametrize(
    ("pyside", "python", "bad"),
    [
        ("6.12.0", (3, 11), True),
        ("6.13.1", (3, 11), True),
        ("7.0", (3, 11), True),
        ("6.11.3", (3, 11), False),
        ("6.8.0", (3, 11), False),
        ("6.12.0", (3, 12), False),
        ("6.12.0", (3, 13), False),
    ],
)
def test_pair_that_crashes_is_named(pyside: str, python: tuple[int, int], bad: bool) -> None:
    said = bad_pair(pyside, python)
    assert (said is not None) == bad
    if said is not None:
        assert f"PySide6 {pyside} crashes on Python 3.11" in said
        assert "PySide6-Essentials<6.12" in said


def test_this_pair_runs() -> None:
    assert refusal() is None


def test_version_is_told() -> None:
    assert version()[0].isdigit() or version() == "unknown"
