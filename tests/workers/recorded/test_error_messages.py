"""The message of an exception, as far as it can be had without running code of the program."""

import json

import pytest

from workers.recorded.probe import message_of


class Hostile:
    """Notices when it is asked for a text."""

    def __repr__(self) -> str:
        raise AssertionError("code of the program ran")

    __str__ = __repr__


class OwnTextError(Exception):
    def __str__(self) -> str:
        raise AssertionError("code of the program ran")


class OwnOSError(OSError):
    @property
    def filename(self) -> str:  # type: ignore[override]
        raise AssertionError("code of the program ran")


class PlainError(ValueError):
    """Has no text of its own."""


def raised(text: str) -> Exception:
    try:
        exec(text, {"json": json})
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    "error",
    [
        ValueError("bad value"), ValueError(), ValueError(1, "two"), KeyError("key"), PlainError("plain"), OSError("no"),
        FileNotFoundError(2, "No such file or directory", "a name"), OSError(18, "Cross-device link", "a", None, "b"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), raised("json.loads('{')"), raised("1 / 0"),
        raised("import no_such_module_at_all"), raised("[].nothing"), raised("nothing"),
    ],
    ids=repr,
)  # fmt: skip
def test_plain_exceptions_have_the_message_that_python_prints(error: Exception) -> None:
    assert message_of(error) == str(error)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OwnTextError("its argument"), "its argument"),
        (OwnTextError("a", 1), "'a', 1"),
        (ValueError(Hostile()), "<Hostile object>"),
        (PlainError([Hostile()]), "[<Hostile object>]"),
        (OSError(2, "No such file", Hostile()), "2, 'No such file'"),
        (OwnOSError(2, "No such file"), "2, 'No such file'"),
        (raised("def f(:"), "invalid syntax"),
    ],
    ids=["own text", "two arguments", "an object", "a list of objects", "a file object", "a property", "syntax"],
)
def test_no_code_of_the_program_runs_for_a_message(error: Exception, message: str) -> None:
    assert message_of(error) == message


def test_a_long_message_is_cut() -> None:
    assert message_of(ValueError("x" * 10_000)) == "x" * 500
