"""The form of a lesson's file, ``lesson.toml``: its keys and their types. Data only; any process and thread.

A key that is not here is an error, so that a typo is noticed. Numbers of choices, items and lines count from 1, as people do.
"""

import re
from typing import Any

import msgspec


class LessonFileError(Exception):
    """What is wrong with a lesson, as a sentence without its full stop."""


class ChoiceEntry(msgspec.Struct, forbid_unknown_fields=True):
    """One of ``[[choices]]``. See `Choice`."""

    text: str
    tempting: str = ""
    holds: str = ""
    order: tuple[int, ...] = ()
    at: str = ""


class ItemEntry(msgspec.Struct, forbid_unknown_fields=True):
    """One of ``[[items]]``, which are to be ordered."""

    text: str
    at: str


class MomentEntry(msgspec.Struct, forbid_unknown_fields=True):
    """``[moment]``, which is to be placed."""

    text: str
    lane: str
    at: str
    axis_s: float
    tolerance_s: float
    since: str = ""
    since_text: str = ""


class OutcomeEntry(msgspec.Struct, forbid_unknown_fields=True):
    """One of ``[[outcomes]]``, of a lesson that runs more than once."""

    text: str
    holds: str


class ExplanationEntry(msgspec.Struct, forbid_unknown_fields=True):
    """One of ``[[explanation]]``."""

    text: str
    line: int = 0
    shows: str = ""
    when: str = ""


class ChangeEntry(msgspec.Struct, forbid_unknown_fields=True):
    """``[change]``."""

    text: str
    line: int = 0
    code: str = ""


class HarderEntry(msgspec.Struct, forbid_unknown_fields=True):
    """``[harder]``."""

    question: str
    answer: str


class LessonFile(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file."""

    title: str
    question: str
    choices: list[ChoiceEntry]
    explanation: list[ExplanationEntry]
    change: ChangeEntry
    harder: HarderEntry
    answer: str = "choice"
    usual: int = 0
    items: list[ItemEntry] = []
    moment: MomentEntry | None = None
    runs: int = 1
    outcomes: list[OutcomeEntry] = []
    watch: list[str] = []


_TYPES = {
    "str": "a text in quotes",
    "int": "a whole number",
    "float": "a number",
    "array": "a list",
    "object": "a table",
    "bool": "true or false",
    "null": "nothing",
}
_WHERE = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_FORMS = (
    (re.compile(r"Object missing required field `(\w+)`"), "there is no key {0}, which each lesson needs", True),
    (re.compile(r"Object contains unknown field `(\w+)`"), "the key {0} means nothing here", True),
    (re.compile(r"Expected `([^`]+)`, got `([^`]+)`"), "{0} is expected, and there is {1}", False),
)


def read_lesson_file(content: bytes) -> LessonFile:
    """The file's content, with the types of all keys checked. Raises LessonFileError."""
    try:
        return msgspec.toml.decode(content, type=LessonFile)
    except msgspec.ValidationError as error:
        raise LessonFileError(_in_words(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LessonFileError(f"it is no TOML: {str(error)[:1].lower()}{str(error)[1:]}") from error


def _in_words(message: str) -> str:
    """``choices 2, text: a text in quotes is expected, and there is a whole number``."""
    where = _WHERE.search(message)
    place = place_words(re.findall(r"\w+", where["path"])) if where else ""
    message = _WHERE.sub("", message)
    for form, words, of_key in _FORMS:
        found = form.search(message)
        if found is not None:
            parts = [_types(part) for part in found.groups()] if not of_key else list(found.groups())
            if place and of_key:
                words = words.replace("each lesson", "it")
            return f"{place}: {words.format(*parts)}" if place else words.format(*parts)
    return f"{place}: {message}" if place else message


def place_words(path: list[Any]) -> str:
    """``choices 2, text`` for choices[1].text."""
    words = ""
    for part in path:
        if str(part).isdigit():
            words += f" {int(part) + 1}"
        else:
            words += f", {part}" if words else str(part)
    return words


def _types(text: str) -> str:
    return " or ".join(_TYPES.get(part.strip(), part.strip()) for part in text.split("|") if part.strip() != "null")
