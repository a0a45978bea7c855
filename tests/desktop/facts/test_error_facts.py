"""What the details say about an exception."""

from desktop.facts.error_facts import error_facts
from desktop.facts.fact import CodePlace
from workers.timeline.model import RaisedBy, RaisedError


def test_an_exception_with_its_place_and_frames() -> None:
    frames = tuple(f"/home/me/app.py:{line} f{line}" for line in range(20))
    error = RaisedError(2, 5, RaisedBy.TASK, "ValueError", "bad\x1b[31m value", "/home/me/app.py", 12, frames)
    all_facts = error_facts("ValueError", error)
    facts = {fact.label: fact.text for fact in all_facts if fact.label}
    assert "\x1b" not in facts["Error"]
    assert facts["Error"].startswith("ValueError: bad")
    assert facts["Raised at"] == "/home/me/app.py:12"
    through = all_facts[[fact.label for fact in all_facts].index("Through") :]
    assert [(fact.text, fact.link) for fact in through][-1] == ("app.py:19 f19", CodePlace("/home/me/app.py", 19))
    assert len(through) == 8
    assert next(fact.link for fact in all_facts if fact.label == "Raised at") == CodePlace("/home/me/app.py", 12)


def test_an_exception_of_which_only_the_type_is_known() -> None:
    assert [(fact.label, fact.text) for fact in error_facts("ValueError", None)] == [("Error", "ValueError")]
    assert error_facts(None, None) == error_facts("", None) == []
