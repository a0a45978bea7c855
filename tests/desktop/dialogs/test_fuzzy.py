"""A few letters find what they mean."""

import pytest

from desktop.dialogs.fuzzy import ranked, score

TEXTS = ["Export picture…", "Fit all", "Follow live", "Find in the run…", "Copy picture", "Theme: Light"]


@pytest.mark.parametrize(
    ("letters", "best"),
    [("fa", "Fit all"), ("follow", "Follow live"), ("cp", "Copy picture"), ("ep", "Export picture…"),
     ("fitr", "Find in the run…"), ("LIGHT", "Theme: Light"), ("find run", "Find in the run…")],
)  # fmt: skip
def test_letters_that_begin_words_find_their_command(letters: str, best: str) -> None:
    assert TEXTS[ranked(letters, TEXTS)[0]] == best


def test_all_letters_must_be_there_in_their_order() -> None:
    assert score("zz", "Fit all") is None
    assert score("lf", "Fit al") is None
    assert ranked("zq", TEXTS) == []


def test_no_letters_leave_all_in_order() -> None:
    assert ranked(" ", TEXTS) == list(range(len(TEXTS)))


def test_letters_together_count_more_than_letters_apart() -> None:
    near, far = score("abc", "x abc"), score("abc", "axbxc")
    assert near is not None
    assert far is not None
    assert near > far
