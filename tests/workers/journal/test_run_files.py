"""The names of a run's files."""

from workers.journal.run_files import KEEPER, key_of


def test_names_are_keys() -> None:
    assert key_of("12-345.journal") == (12, 345)
    assert key_of(KEEPER) is None
    assert key_of("12-345.journal.old") is None
