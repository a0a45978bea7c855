"""The commands on the pipes: every one comes through as it is, and what is no command is refused or left."""

import json

import pytest

from workers.commands import (
    VERBS,
    AskParent,
    CloseRun,
    Command,
    ContinueProgram,
    PassOnSignal,
    SendSignal,
    StopRun,
    decode,
    encode,
)

COMMANDS: list[Command] = [
    *(AskParent(number, verb, number % 3) for number, verb in enumerate(VERBS, 1)),
    SendSignal(4242, 1 << 40, 15),
    PassOnSignal(2),
    ContinueProgram(3),
    StopRun(),
    CloseRun(),
]


@pytest.mark.parametrize("command", COMMANDS, ids=repr)
def test_a_command_comes_through_as_it_is(command: Command) -> None:
    line = encode(command)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line) == command


def test_no_two_commands_are_equal_and_no_two_share_a_word() -> None:
    assert len(set(COMMANDS)) == len(COMMANDS)
    assert len({json.loads(encode(command))["do"] for command in COMMANDS}) == len(COMMANDS)


def test_journals_keep_the_places_of_the_verbs() -> None:
    """Saved runs hold a verb's place in this tuple."""
    assert VERBS == ("start", "join", "alive", "terminate", "kill", "finish", "join_rest")


def test_an_unknown_word_is_no_command() -> None:
    assert decode(b'{"do": "dance"}') is None


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"start 1", ValueError),
        (b"{}", KeyError),
        (b"[]", TypeError),
        (b'{"do": "start"}', KeyError),
        (b'{"do": "signal", "pid": 1, "ticks": "x", "signal": 9}', ValueError),
    ],
)
def test_what_is_no_command_at_all_raises(line: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        decode(line)


def test_a_worker_that_is_not_named_is_none() -> None:
    assert decode(b'{"do": "finish", "id": 4}') == AskParent(4, "finish")
