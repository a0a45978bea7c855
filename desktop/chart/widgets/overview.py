"""The strip above the chart: the whole run, with the interval in view as a window to drag. The window's thread.

The run is one small image. It is made again only when the run changed or grew by a pixel, and at most ten times a second while
the run is live.
"""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.chart.drawing.chart import GUTTER_PX
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.lanes import strips
from desktop.chart.drawing.overview_image import OverviewImage
from desktop.chart.geometry.rows import Rows
from desktop.chart.geometry.task_columns import WorldGrid
from desktop.chart.geometry.time_scale import TimeScale
from desktop.widgets.spoken_widgets import speak_as
from workers.timeline.timeline import Timeline

LANES_PX = 29
HEIGHT_PX = 44
"""The height with the strip below the lanes for the CPU and memory of all processes."""
_GRIP_PX = 6.0
"""How near the pointer grabs an edge of the window. As much stays free at the right, where a splitter takes the pointer."""
_PAD_PX = 4
_IMAGE_MS, _MOST_IMAGE_MS = 100, 300
"""How old the image of a live run may be; with many lanes it costs more and may be older."""
_LANE_MS = 3
_UNKNOWN = -1, -1


class _WindowDrag(Enum):
    WINDOW = "window"
    LEFT = "left edge"
    RIGHT = "right edge"


@dataclass(frozen=True, slots=True)
class _KeptOverview:
    """The image that is shown. frame: what it is of; another frame needs an image at once. content: what makes it old."""

    frame: tuple[object, ...]
    content: tuple[int, int]
    image: QImage


class Overview(QWidget):
    """Shows [0, end] of the run and the interval in view. moved: the user asks for the interval [t0_ns, t1_ns]."""

    moved = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overview")
        self.setAccessibleName("Overview of the whole run")
        speak_as(self, QAccessible.Role.Chart)
        self.setToolTip("Drag the window to move in time, its edges to zoom")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self._unit_px = 1.0
        self.set_unit(1.0)
        self._timeline: Timeline | None = None
        self._rows = Rows()
        self._style: ChartStyle | None = None
        self._end_ns = 1
        self._shown = (0, 1)
        self._image: _KeptOverview | None = None
        self._whole = OverviewImage()
        self._image_age = QElapsedTimer()
        self._image_age.start()
        self._drag: _WindowDrag | None = None
        self._held_ns = 0
        self._late = QTimer(self)  # paints the last change, when no later one does
        self._late.setSingleShot(True)
        self._late.setInterval(_IMAGE_MS + _MOST_IMAGE_MS)
        self._late.timeout.connect(self.update)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def set_unit(self, unit_px: float) -> None:
        """Make height and gutter as large as the units of the chart."""
        self._unit_px = unit_px
        self.setFixedHeight(round(HEIGHT_PX * unit_px))
        self.update()

    @property
    def _image_ms(self) -> int:
        return max(_IMAGE_MS, min(_MOST_IMAGE_MS, _LANE_MS * self._whole.filled))

    @property
    def _gutter_px(self) -> float:
        return GUTTER_PX * self._unit_px

    def show_run(
        self, timeline: Timeline | None, rows: Rows, style: ChartStyle, end_ns: int, shown: tuple[int, int]
    ) -> None:
        """Show this run up to `end_ns`. shown: the interval in view. The strip is painted when the interval changed, or when a
        new image is due."""
        same = (timeline, rows, style, shown) == (self._timeline, self._rows, self._style, self._shown)
        self._timeline, self._rows, self._style = timeline, rows, style
        self._end_ns, self._shown = max(1, end_ns), shown
        frame, content = self._wanted()
        kept = self._image
        if timeline is None or not same or kept is None or kept.frame != frame:
            self.update()
        elif kept.content != content:
            if self._image_age.elapsed() >= self._image_ms:
                self._late.stop()
                self.update()
            else:
                self._late.start()
                self._whole.prepare(timeline, self._image_age.elapsed() / self._image_ms)

    @property
    def window_px(self) -> tuple[float, float]:
        """Left and right edge of the window that can be dragged."""
        scale = self._scale()
        return scale.x(self._shown[0]), scale.x(self._shown[1])

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT_PX)

    def _scale(self) -> TimeScale:
        return TimeScale(0, self._end_ns, self._gutter_px, max(1.0, self.width() - self._gutter_px - _GRIP_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._style is not None:  # before that the page with the overview is not shown
            painter.fillRect(self.rect(), self._style.colour("base"))
            if self._timeline is not None:
                lanes = QRectF(self._gutter_px, _PAD_PX, self._scale().width_px, self._lanes_px - _PAD_PX)
                painter.drawImage(lanes, self._picture())
                self._usage(painter, self._style, self._timeline)
                self._window(painter, self._style)
            painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), self._style.colour("line"))
        painter.end()

    @property
    def _lanes_px(self) -> int:
        return round(LANES_PX * self._unit_px)

    def _window(self, painter: QPainter, style: ChartStyle) -> None:
        left, right = self.window_px
        height = self.height() - 1
        shade = QColor(style.colour("text"))
        shade.setAlphaF(0.10)
        if right - left < self.width() - 2:
            painter.fillRect(QRectF(0, 0, left, height), shade)
            painter.fillRect(QRectF(right, 0, self.width() - right, height), shade)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(style.pen("accent", 2 if self.hasFocus() else 1))
        painter.drawRect(QRectF(left + 0.5, 0.5, max(2.0, right - left - 1), height - 1))
        for x in (left, right - 3):
            painter.fillRect(QRectF(x, height / 2 - 7, 3, 14), style.colour("accent"))

    def _usage(self, painter: QPainter, style: ChartStyle, timeline: Timeline) -> None:
        """CPU and memory of all processes together, as far as they were sampled."""
        samples, scale = timeline.totals.samples, self._scale()
        if len(samples) < 2:
            return
        top = self._lanes_px + 2
        box = QRectF(self._gutter_px, top, scale.width_px, self.height() - 2 - top)
        edges = WorldGrid(self._end_ns, max(1, round(scale.width_px))).edges(0, max(1, round(scale.width_px)))
        cores = strips.column_values(*strips.cpu_steps(samples), edges)
        strips.draw_area(painter, style, strips.cpu(style), cores, max(1.0, float(cores.max())), box)
        memory = strips.column_values(*strips.memory_steps(samples), edges)
        strips.draw_line(painter, style, strips.MEMORY, memory, max(1.0, float(memory.max())), box)

    def _size(self) -> tuple[int, int]:
        """Width and height of the image, in the screen's pixels."""
        ratio = self.devicePixelRatioF()
        return round(self._scale().width_px * ratio), round((self._lanes_px - _PAD_PX) * ratio)

    def _wanted(self) -> tuple[tuple[object, ...], tuple[int, int]]:
        """PaintFrame and content of an image made now."""
        timeline, (width, height) = self._timeline, self._size()
        if timeline is None:
            return (), (0, 0)
        frame = id(timeline), timeline.ended, self._end_ns, width, height, id(self._style), id(self._rows)
        return frame, (timeline.revision, int(timeline.now_ns * width / self._end_ns))

    def _picture(self) -> QImage:
        assert self._timeline is not None
        assert self._style is not None
        frame, content = self._wanted()
        kept = self._image
        if (
            kept is None
            or kept.frame != frame
            or (kept.content != content and self._image_age.elapsed() >= self._image_ms)
        ):
            width, height = self._size()
            grid = WorldGrid(self._end_ns, width)
            image = self._whole.image(self._timeline, self._rows, self._style, grid, height, self.devicePixelRatioF())
            self._image = kept = _KeptOverview(frame, _UNKNOWN if self._whole.behind else content, image)
            self._image_age.restart()
        return kept.image

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._timeline is None:
            return
        x = event.position().x()
        self._drag = self._grip(x)
        if self._drag is None:
            self._drag = _WindowDrag.WINDOW
            half = (self._shown[1] - self._shown[0]) // 2
            self._ask(self._scale().at(x) - half, self._scale().at(x) + half)
        self._held_ns = self._scale().at(x) - self._shown[0]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        at, (t0, t1) = self._scale().at(x), self._shown
        if self._drag is _WindowDrag.WINDOW:
            self._ask(at - self._held_ns, at - self._held_ns + t1 - t0)
        elif self._drag is _WindowDrag.LEFT:
            self._ask(min(at, t1 - 1000), t1)
        elif self._drag is _WindowDrag.RIGHT:
            self._ask(t0, max(at, t0 + 1000))
        else:
            edge = self._grip(x) in (_WindowDrag.LEFT, _WindowDrag.RIGHT)
            self.setCursor(Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.OpenHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        t0, t1 = self._shown
        step = (t1 - t0) // 10
        moves = {Qt.Key.Key_Left: (-step, -step), Qt.Key.Key_Right: (step, step), Qt.Key.Key_Up: (step, -step),
                 Qt.Key.Key_Down: (-step, step), Qt.Key.Key_Home: (-t0, self._end_ns - t1)}  # fmt: skip
        move = moves.get(Qt.Key(event.key()))
        if move is None:
            event.ignore()
            return
        self._ask(t0 + move[0], t1 + move[1])

    def _grip(self, x: float) -> _WindowDrag | None:
        left, right = self.window_px
        near = (abs(x - left), _WindowDrag.LEFT), (abs(x - right), _WindowDrag.RIGHT)
        away, edge = min(near, key=lambda pair: pair[0])
        if away <= _GRIP_PX:
            return edge
        return _WindowDrag.WINDOW if left <= x <= right else None

    def _ask(self, t0: int, t1: int) -> None:
        if t0 < 0:  # keep the length while the window is pushed against the start
            t0, t1 = 0, t1 - t0 if self._drag is _WindowDrag.WINDOW else t1
        if t1 > self._end_ns and self._drag is _WindowDrag.WINDOW:
            t0, t1 = max(0, self._end_ns - (t1 - t0)), self._end_ns
        self.moved.emit(t0, t1)
