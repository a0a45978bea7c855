"""The sheet of facts for any selection."""

import pytest
from support.builders import running_run

from desktop.facts.selection import CallSelection, LineSelection, ProcessSelection, Selection
from desktop.facts.sheets import describe


@pytest.mark.parametrize(
    "selection", [ProcessSelection(9), ProcessSelection(0), CallSelection(1, 0, call=99), LineSelection(1, 0, line=99)]
)
def test_things_that_the_run_does_not_have(selection: Selection) -> None:
    assert describe(running_run(1), selection) is None
