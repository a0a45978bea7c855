"""The events of a Chrome trace as JSON, numbers to the nanosecond. Pure functions, any process and thread."""

from collections.abc import Iterator
from typing import Any

import msgspec

Event = dict[str, Any]
_encode = msgspec.json.Encoder().encode


def encoded(value: object) -> bytes:
    """JSON as UTF-8. Half of a pair of surrogates, which UTF-8 cannot encode, becomes a replacement character."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return _encode(_encodable(value))


def microseconds(ns: int) -> msgspec.Raw:
    """ns as a number of microseconds with exactly three decimals."""
    return msgspec.Raw(f"{ns // 1000}.{ns % 1000:03d}" if ns >= 0 else f"-{-ns // 1000}.{-ns % 1000:03d}")


def at(pid: int, tid: int, at_ns: int) -> Event:
    """The fields of an event for its place and time."""
    return {"pid": pid, "tid": tid, "ts": microseconds(at_ns)}


def track_name(pid: int, tid: int, name: str) -> Iterator[Event]:
    """The name of a track. Its number gives its place among the tracks of its process."""
    for what, args in (("thread_name", {"name": name}), ("thread_sort_index", {"sort_index": tid})):
        yield {"ph": "M", "pid": pid, "tid": tid, "name": what, "args": args}


def _encodable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    return value
