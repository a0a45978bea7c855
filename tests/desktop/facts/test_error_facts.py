"""What the details say about an exception."""

from desktop.facts.error_facts import error_facts
from workers.timeline.model import RaisedBy, RaisedError


def test_an_exception_with_its_place_and_frames() -> None:
    frames = tuple(f"/home/me/app.py:{line} f{line}" for line in range(20))
    error = RaisedError(2, 5, RaisedBy.TASK, "ValueError", "bad\x1b[31m value", "/home/me/app.py", 12, frames)
    facts = {fact.label: fact.text for fact in error_facts("ValueError", error)}
    assert "\x1b" not in facts["Error"]
    assert facts["Error"].startswith("ValueError: bad")
    assert facts["Raised at"] == "/home/me/app.py:12"
    assert facts["Through"].splitlines()[-1] == "app.py:19 f19"
    assert len(facts["Through"].splitlines()) == 8


def test_an_exception_of_which_only_the_type_is_known() -> None:
    assert [(fact.label, fact.text) for fact in error_facts("ValueError", None)] == [("Error", "ValueError")]
    assert error_facts(None, None) == error_facts("", None) == []
