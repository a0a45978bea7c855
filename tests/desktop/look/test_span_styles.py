"""Every kind of span and of mark has an entry that says how it is drawn and what it is called."""

import pytest
from PySide6.QtGui import QColor

from desktop.chart.drawing.bars import PLAIN_BELOW_PX
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.glyphs import GLYPHS, SLOT_OF
from desktop.chart.drawing.legend import OF_RUNS
from desktop.chart.geometry.task_columns import SEAM
from desktop.look.palette import LIGHT, Palette
from desktop.look.span_styles import SPAN_ROLES, SPAN_STYLES
from workers.timeline.model import MarkKind, SpanKind

UNKNOWN = max(SpanKind) + 1


@pytest.mark.parametrize("kind", SpanKind)
def test_every_kind_of_span_has_a_style(kind: SpanKind) -> None:
    style = SPAN_STYLES[kind]
    assert style.role in Palette.__dataclass_fields__
    assert style.words
    assert SPAN_ROLES[kind] == style.role


def test_the_legend_has_every_kind_of_span_that_has_words_for_it_and_every_kind_of_mark() -> None:
    spans = [kind for kind, style in SPAN_STYLES.items() if style.legend]
    assert {sign for sign, _ in OF_RUNS if not isinstance(sign, str)} == {*spans, *MarkKind}


@pytest.mark.usefixtures("qapp")
def test_the_tables_by_number_have_every_kind_and_no_other() -> None:
    style = ChartStyle(LIGHT)
    for kind in SpanKind:
        assert style.kind_colours[kind] == QColor(getattr(LIGHT, SPAN_STYLES[kind].role))
    assert len(style.kind_colours) == len(PLAIN_BELOW_PX) == len(SPAN_ROLES) == UNKNOWN
    with pytest.raises(IndexError):
        style.kind_colours[UNKNOWN]
    with pytest.raises(IndexError):
        style.seam_colour(UNKNOWN)


def test_kinds_leave_room_for_the_seam_and_failure_has_the_highest_priority() -> None:
    assert max(SpanKind) < SEAM
    assert max(SpanKind) is SpanKind.FAILED


@pytest.mark.parametrize("kind", MarkKind)
def test_every_kind_of_mark_has_a_glyph(kind: MarkKind) -> None:
    assert GLYPHS[kind].legend
    assert SLOT_OF[kind] == GLYPHS[kind].slot
