"""The legend: what the bars and marks that occur mean. On every picture, and in one line below the lanes while there is room.

The window's thread, or an export.
"""

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from desktop.chart.drawing import glyphs
from desktop.chart.drawing.bars import draw_bar
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.flows import draw_flow
from desktop.chart.drawing.lanes import strips
from desktop.chart.drawing.lanes.idle import idle
from desktop.chart.drawing.lanes.seen_signs import SeenSign, SeenSigns, Sign
from desktop.chart.drawing.lanes.track_instants import draw_instant
from desktop.look.span_styles import SPAN_STYLES
from workers.timeline.model import SpanKind
from workers.timeline.timeline import Timeline

_LINE_PX = 20.0
_GAP_PX = 14.0

Signs = tuple[tuple[Sign, str], ...]


def _spans(*, task: bool) -> Signs:
    return tuple((kind, entry.legend) for kind, entry in SPAN_STYLES.items() if entry.legend and entry.task is task)


OF_RUNS: Signs = (
    *_spans(task=False),
    ("idle", "idle worker of a pool"),
    *((kind, glyph.legend) for kind, glyph in glyphs.GLYPHS.items()),
    *_spans(task=True),
    ("cpu", "CPU used"),
    ("memory", "memory"),
)
"""The signs of recorded runs, and their words."""

OF_THREADS: Signs = (("threads", "threads that run tasks"),)
"""The sign of runs with pools of threads."""

OF_TRACES: Signs = (
    ("span", "span, coloured by its name"),
    ("instant", "mark"),
    ("flow", "flow"),
    ("counter", "counter"),
)
"""The signs of traces of other programs, in the usual words for those."""

_SIGNS: Signs = OF_RUNS + OF_THREADS + OF_TRACES


LEGEND_PX = 32.0
"""The height that the window keeps free for the legend: one line, and room around it."""


def signs_seen(seen: SeenSigns, timeline: Timeline, processes: Iterable[int]) -> Signs:
    """The signs to explain where the lanes of these processes of a run are shown, and were."""
    there = seen.of(timeline, tuple(processes))
    return tuple(entry for entry in _SIGNS if (type(entry[0]), entry[0]) in there)


def signs_of(*timelines: Timeline | None) -> Signs:
    """The signs to explain where all of these timelines are shown."""
    there: set[SeenSign] = set()
    for timeline in timelines:
        if timeline is not None:
            there |= SeenSigns().of(timeline, range(1, len(timeline.processes) + 1))
    return tuple(entry for entry in _SIGNS if (type(entry[0]), entry[0]) in there)


def height(style: ChartStyle, signs: Signs, width_px: float) -> float:
    """The height of the legend at a width."""
    return max((place.y() for place, *_ in _placed(style, signs, width_px)), default=0.0) + _LINE_PX


def draw_legend(painter: QPainter, style: ChartStyle, signs: Signs, box: QRectF, *, one_line: bool = False) -> None:
    """Draw the legend at the top of a box, as wide as the box. one_line: an ellipsis stands for what has no room in it."""
    for place, kind, text, wide, width in _placed(style, signs, box.width()):
        left, top = box.left() + place.x(), box.top() + place.y()
        if one_line and place.y():
            break
        _sample(painter, style, kind, QRectF(left, top + 2, wide, 12))
        style.write(painter, style.small_font, "text", QRectF(left + wide + 6, top, width, 16), text)
    else:
        return
    last = [
        place.x() + wide + 6 + width for place, _, _, wide, width in _placed(style, signs, box.width()) if not place.y()
    ]
    style.write(painter, style.small_font, "quiet", QRectF(box.left() + last[-1] + 4, box.top(), 12, 16), "…")


def sign_at(style: ChartStyle, signs: Signs, box: QRectF, at: QPointF) -> tuple[Sign, str] | None:
    """The sign and its words at a place of a legend in one line, drawn at the top of a box; None where there is none."""
    for place, kind, text, wide, width in _placed(style, signs, box.width()):
        whole = QRectF(box.left() + place.x(), box.top(), wide + 6 + width, _LINE_PX)
        if not place.y() and whole.contains(at):
            return kind, text
    return None


def _placed(style: ChartStyle, signs: Signs, width_px: float) -> Iterator[tuple[QPointF, Sign, str, float, float]]:
    """(place, sign, words, width of the sample, width of the words) of each entry."""
    x = y = 0.0
    for kind, text in signs:
        wide = 26.0 if isinstance(kind, SpanKind) or kind == "span" else 15.0
        width = style.width(style.small_font, text) + 1
        if x and x + wide + 6 + width > width_px:
            x, y = 0.0, y + _LINE_PX
        yield QPointF(x, y), kind, text, wide, width
        x += wide + 6 + width + _GAP_PX


def _sample(painter: QPainter, style: ChartStyle, kind: Sign, box: QRectF) -> None:
    if isinstance(kind, SpanKind):
        draw_bar(painter, style, kind, box, box.left())
        return
    if kind == "span":
        third = box.width() / 3
        for at, colour in enumerate(style.name_colours[:3]):
            painter.fillRect(QRectF(box.left() + at * third, box.top(), third, box.height()), colour)
        return
    if isinstance(kind, str):
        _line_or_area(painter, style, kind, box.adjusted(0, 3, 0, 0))
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    place = glyphs.GLYPHS[kind]
    middle = (place.left_px + place.right_px) / 2
    glyphs.draw_mark(painter, style, kind, box.center().x() - middle, box.center().y() - place.middle_px)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _line_or_area(painter: QPainter, style: ChartStyle, kind: str, area: QRectF) -> None:
    match kind:
        case "idle":
            painter.fillRect(area.adjusted(0, -3, 0, 0), style.colour("alive"))
            painter.fillRect(area.adjusted(0, -1, 0, -2), style.colour(idle(style)))
        case "cpu":
            painter.fillRect(area, style.colour(strips.cpu(style)))
        case "threads":
            painter.fillRect(area, style.colour(strips.threads(style)))
        case "counter":
            painter.fillRect(area, style.colour(strips.counter(style)))
        case "memory":
            painter.fillRect(QRectF(area.left(), area.center().y(), area.width(), 1), style.colour(strips.MEMORY))
        case "instant":
            draw_instant(painter, style, int(area.center().x()), area.top() - 1, area.height() + 1)
        case _:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            draw_flow(painter, style, area.bottomLeft(), area.topRight())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
