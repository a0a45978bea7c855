"""What the strip of a lesson shows: frozen values, made from a lesson and from its runs. The window's thread."""

from dataclasses import dataclass

from desktop.panels.learn.spread_bars import SpreadRow


@dataclass(frozen=True, slots=True)
class StripQuestion:
    """A question that is asked before the run.

    where: which lesson it is, in a few words. choices: what can be chosen; empty for a question that is answered by drawing.
    hint: how it is drawn; empty for choices.
    """

    where: str
    title: str
    question: str
    choices: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class StripSentence:
    """A sentence, and what shows that it is true: a few words for each thing that can be selected."""

    text: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StripOutcome:
    """The prediction beside what happened.

    right: None where the run does not decide. said, happened: the prediction and the fact. why: why a wrong answer is
    tempting. sentences: the explanation. spread: of many runs. change: one thing to change. harder, answer: one more question.
    last: whether no lesson comes after this one.
    """

    right: bool | None
    said: str
    happened: str
    why: str = ""
    sentences: tuple[StripSentence, ...] = ()
    spread: tuple[SpreadRow, ...] = ()
    change: str = ""
    harder: str = ""
    answer: str = ""
    last: bool = False
