"""Long lists of the report as columns: of many records at a time the values of each key, without a dict for each record.

Pure, any process. What a record looks like is said once, as a `Look`: its keys in order, and of each how its values are made.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import Any

_RECORDS = 1000

Values = Sequence[Any]
"""What the report says of some records under one key: a value for each."""

Look = Mapping[str, Callable[[Sequence[Any]], Values]]
"""How a record looks: under each key, in order, what makes the values of some records."""


@dataclass(frozen=True, slots=True)
class LongList:
    """A list of records that can be long. blocks: of a bounded number of records at a time the values of each key, made when
    they are asked for; to be gone through once. No block is empty."""

    keys: tuple[str, ...]
    blocks: Iterator[Sequence[Values]]

    def records(self) -> list[dict[str, Any]]:
        """The whole list."""
        return [dict(zip(self.keys, row, strict=True)) for block in self.blocks for row in zip(*block, strict=True)]


def rows(records: Iterable[object], look: Look) -> LongList:
    """These records as rows."""
    return LongList(tuple(look), _blocks(iter(records), look))


def _blocks(records: Iterator[object], look: Look) -> Iterator[Sequence[Values]]:
    while some := list(islice(records, _RECORDS)):
        yield [values_of(some) for values_of in look.values()]


def fact(name: str) -> Callable[[Sequence[Any]], Values]:
    """An attribute as it is."""
    get = attrgetter(name)
    return lambda records: list(map(get, records))


def known(name: str) -> Callable[[Sequence[Any]], Values]:
    """An attribute; null where it is 0 or empty."""
    get = attrgetter(name)
    return lambda records: [value or None for value in map(get, records)]


def word(name: str) -> Callable[[Sequence[Any]], Values]:
    """The word of an enum."""
    get = attrgetter(f"{name}._value_")  # without a call of Python for each
    return lambda records: list(map(get, records))


def time(name: str) -> Callable[[Sequence[Any]], Values]:
    """Nanoseconds as `seconds` has them."""
    get = attrgetter(name)
    return lambda records: [None if ns is None else ns / 1e9 for ns in map(get, records)]


def elements(name: str) -> Callable[[Sequence[Any]], Values]:
    """The elements of an attribute."""
    get = attrgetter(name)
    return lambda records: list(map(list, map(get, records)))


def made(make: Callable[[Any], Any]) -> Callable[[Sequence[Any]], Values]:
    """What is made of each record."""
    return lambda records: list(map(make, records))


def listed(name: str, make: Callable[[Any], Any]) -> Callable[[Sequence[Any]], Values]:
    """What is made of each element of an attribute; null where it has none."""
    get = attrgetter(name)
    return lambda records: [list(map(make, elements)) if elements else None for elements in map(get, records)]


def looked_up(found: Mapping[int, Any], make: Callable[[Any], Any]) -> Callable[[Sequence[Any]], Values]:
    """What is made of what is found under the id of each record; null where nothing is."""
    ids = attrgetter("id")
    return lambda records: [None if one is None else make(one) for one in map(found.get, map(ids, records))]
