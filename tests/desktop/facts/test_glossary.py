"""Every word of the timeline is explained, in one line, and the same in every place."""

import pytest
from support.builders import MS, joined_run, running_run

from desktop.chart.drawing.legend import OF_RUNS, OF_THREADS, OF_TRACES
from desktop.facts import glossary
from desktop.facts.selection import PhaseSelection, ProcessSelection
from desktop.facts.sheets import describe, sheet_text
from workers.timeline.model import SpanKind, State


def test_every_word_has_a_meaning_of_one_line() -> None:
    meanings = [glossary.of_sign(sign) for sign, _ in OF_RUNS + OF_THREADS + OF_TRACES]
    assert len(set(meanings)) == len(meanings), "no two signs mean the same"
    meanings += [glossary.of_span(kind) for kind in SpanKind] + [glossary.of_state(state) for state in State]
    for text in meanings:
        assert text.endswith(".")
        assert "\n" not in text
        assert 10 < len(text) <= 110, text


@pytest.mark.parametrize("process", [1, 2])
def test_a_lane_and_its_bars_are_explained(process: int) -> None:
    timeline = joined_run(2)
    state = timeline.process(process).state
    assert sheet_text(timeline, ProcessSelection(process)).splitlines()[-1] == glossary.of_state(state)
    for kind in (SpanKind.STARTING, SpanKind.ALIVE):
        assert sheet_text(timeline, PhaseSelection(process, 30 * MS, kind)).splitlines()[-1] == glossary.of_span(kind)


def test_the_details_explain_state_and_phase() -> None:
    timeline = running_run(1)
    sheet = describe(timeline, PhaseSelection(2, 42 * MS, SpanKind.ALIVE))
    assert sheet is not None
    meanings = {fact.label: fact.meaning for fact in sheet.facts if fact.meaning}
    assert meanings == {"Phase": glossary.of_span(SpanKind.ALIVE), "State": glossary.of_state(State.ALIVE)}
