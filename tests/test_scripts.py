"""The scripts that tests record are found by name, whatever folder of tests/scripts they are in."""

from collections import Counter

import pytest
from support.scripts import SCRIPTS, script_path


def test_every_script_has_a_name_of_its_own() -> None:
    names = Counter(path.name for path in SCRIPTS.rglob("*.py"))
    assert len(names) > 50
    assert [name for name, count in names.items() if count > 1] == []


def test_a_script_is_found_in_its_folder() -> None:
    assert script_path("many_workers.py") == SCRIPTS / "processes" / "many_workers.py"


def test_a_script_that_is_missing_is_named() -> None:
    with pytest.raises(LookupError, match=r"there is no script 'nowhere\.py'"):
        script_path("nowhere.py")
