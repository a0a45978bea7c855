"""The numbers of a Chrome trace, to the nanosecond. Pure functions."""

from typing import Any


class Json(str):
    """Text that is JSON already: a number to its last digit."""


def microseconds(ns: int) -> Json:
    """ns as microseconds with exactly three decimals."""
    sign = "-" if ns < 0 else ""
    return Json(f"{sign}{abs(ns) // 1000}.{abs(ns) % 1000:03d}")


def at(pid: int, tid: int, at_ns: int) -> dict[str, Any]:
    """Where and when."""
    return {"pid": pid, "tid": tid, "ts": microseconds(at_ns)}
