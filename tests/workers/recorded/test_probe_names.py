"""The names of tasks and values, for which no code of the program runs."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from workers.recorded import probe

ASKED: list[str] = []
"""The methods that were called on objects of which none may be called."""


@pytest.fixture(autouse=True)
def _nobody_asks() -> Iterator[None]:
    ASKED.clear()
    yield
    assert ASKED == []


def square(x: int) -> int:
    """A function of the program."""
    return x * x


class Carrier:
    """Has its work in an attribute, as cloudpickle's and joblib's wrappers do."""

    def __init__(self, **held: Any) -> None:
        self.__dict__.update(held)

    def __getattr__(self, name: str) -> Any:
        ASKED.append(name)
        raise AttributeError(name)

    def __repr__(self) -> str:
        ASKED.append("repr")
        return "asked"

    def method(self) -> None:
        """Bound methods are named by their function."""


class Deadly(str):
    """A text whose methods note that they were called."""

    def __eq__(self, other: object) -> bool:
        ASKED.append("eq")
        return False

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        ASKED.append("str")
        return "asked"


def mapstar(args: Any) -> None:
    """As multiprocessing.pool's is called."""


def _process_chunk(function: Callable[..., Any], chunk: Any) -> None:
    """As concurrent.futures' is called."""


@pytest.mark.parametrize(("function", "arguments", "name"), [
    (square, (), "square"),
    (len, (), "len"),
    (partial(partial(square, 1), 2), (), "square"),
    (mapstar, ((square, (1, 2)),), "square"),
    (mapstar, ((partial(square), (1,)),), "square"),
    (mapstar, (), "mapstar"),
    (_process_chunk, (square, ()), "square"),
    (partial(_process_chunk, square), ((),), "square"),
    (Carrier(items=[(square, (), {})]), (), "square"),
    (Carrier(_obj=square), (), "square"),
    (Carrier(func=Carrier(func=square)), (), "square"),
    (Carrier().method, (), "Carrier.method"),
    (Carrier(), (), "Carrier"),
    (Carrier, (), "Carrier"),
    (None, (), "NoneType"),
])  # fmt: skip
def test_a_task_is_called_what_its_author_called_it(function: Any, arguments: Any, name: str) -> None:
    assert probe.task_name(function, arguments) == name


def test_a_function_may_have_a_strange_name() -> None:
    def function() -> None: ...

    function.__qualname__ = Deadly("odd")
    named = probe.task_name(function, ())
    assert type(named) is str
    assert list(named) == list("odd")


def test_a_loop_of_wrappers_ends() -> None:
    held = Carrier()
    held.__dict__["func"] = held
    assert probe.task_name(held, ()) == "?"


@pytest.mark.parametrize(("command", "name"), [
    (["/usr/bin/python", "-c", "pass", "more"], "python -c pass"),
    ("echo 1", "echo 1"),
    (b"true", "true"),
    ([b"/bin/sh", b"-c"], "sh -c"),
    ([Carrier(), "x"], "x"),
    (Carrier(), ""),
])  # fmt: skip
def test_a_command_is_called_by_its_program(command: Any, name: str) -> None:
    assert probe.command_name(command) == name


@pytest.mark.parametrize("value", [
    [1, 2.5, "x", None, (1,), {"a": {1}}], {}, set(), frozenset({1}), (), "text", b"bytes", 10**50, [[], [[]]],
])  # fmt: skip
def test_plain_data_is_shown_as_it_is(value: object) -> None:
    assert probe.safe_repr(value) == repr(value)


def test_no_method_of_another_type_is_called() -> None:
    assert probe.safe_repr([Carrier(), {"a": Carrier()}]) == "[<Carrier object>, {'a': <Carrier object>}]"
    assert probe.safe_repr(Deadly("x")) == "<Deadly object>"


def test_a_long_value_is_cut() -> None:
    deep: list[Any] = []
    for _ in range(1000):
        deep = [deep]
    assert probe.safe_repr(deep) == "[[[[…]]]]"
    assert "… 100000 in all" in probe.safe_repr(list(range(100_000)))
    assert probe.safe_repr(1 << 100_000) == "<int of 100001 bits>"
    assert len(probe.safe_repr("x" * 10_000)) < 210


def starmapstar(args: Any) -> None:
    """As multiprocessing.pool's is called."""


@pytest.mark.parametrize(
    ("function", "arguments", "keywords", "shown"),
    [
        (square, (), {}, "()"),
        (square, (1338,), {}, "(1338,)"),
        (square, (None, -1.5, "ü", b"b", [1, (2,)], {"a": {3}}), None, "(None, -1.5, 'ü', b'b', [1, (2,)], {'a': {3}})"),
        (square, (1,), {"x": "y", "z": Carrier()}, "(1, x='y', z=<Carrier object>)"),
        (square, (), {3: 1}, "(?=1)"),
        (square, [1, Carrier()], {}, "(1, <Carrier object>)"),
        (square, Carrier(), {}, ""),
        (Carrier(), (Deadly("a"),), {}, "(<Deadly object>,)"),
        (partial(partial(square, 1), 2, x=3), (4,), {"y": 5}, "(1, 2, 4, x=3, y=5)"),
        (mapstar, ((square, (7,)),), {}, "(7,)"),
        (mapstar, ((square, (7, 8, Carrier())),), {}, "(7,) to (<Carrier object>,), 3 calls"),
        (starmapstar, ((square, ((7, 8), (9, 10))),), {}, "(7, 8) to (9, 10), 2 calls"),
        (starmapstar, ((square, (Carrier(),)),), {}, "<Carrier object>"),
        (partial(_process_chunk, square), ([(1, 2), (3, 4), (5, 6)],), {}, "(1, 2) to (5, 6), 3 calls"),
        (Carrier(items=[(square, (1,), {"x": 2}), (square, (3,), {})]), (), {}, "(1, x=2) to (3,), 2 calls"),
        (Carrier(items=[square]), (), {}, ""),
        (square, tuple(range(100)), {}, "(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, …)"),
        (square, ("x" * 1000,), {}, "('" + "x" * 118),
    ],
)  # fmt: skip
def test_arguments_are_shown_as_plain_values(function: Any, arguments: Any, keywords: Any, shown: str) -> None:
    assert probe.task_arguments(function, arguments, keywords) == shown


def test_the_text_of_arguments_is_short_whatever_they_are() -> None:
    wide = [[list(range(1000))] * 1000] * 1000
    for function, arguments in (
        (square, (wide, {"a": wide})), (mapstar, ((square, (wide,) * 50),)), (square, (10**600, "\x00" * 99)),
    ):  # fmt: skip
        assert len(probe.task_arguments(function, arguments, {"wide": wide})) <= 120
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)  # the least that there is
    try:
        assert probe.task_arguments(square, (2**2047 - 1, 2**2047), {}).startswith("(16158")
    finally:
        sys.set_int_max_str_digits(limit)


def test_a_class_that_is_called_partial_is_no_partial() -> None:
    named = type("partial", (Carrier,), {"func": Carrier.method, "args": (), "keywords": None})
    assert probe.task_name(named(), ()) == "partial"
    assert probe.task_arguments(named(), (1,), {}) == "(1,)"
