"""The page in place of the timeline while there is no run: three ways to begin, and the last runs. The window's thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.look.palette import Palette
from desktop.widgets.cut_label import CutLabel

READY, SCRIPT_READY = "Press Start to run the plan.", "Press Start to run the script."
LEARN = "Say what a short program will do, run it on real processes, and see."
OPEN = "Record a program of your own, as it is. Nothing in it is changed."
_WIDEST_PX, _LEAST_HEIGHT_PX = 780, 120


@dataclass(frozen=True, slots=True)
class RecentRun:
    """A kept run that the page offers. path: its folder. words: its name and when it was, in one line."""

    path: str
    words: str


class StartPage(QScrollArea):
    """start: the button that runs what is in front.

    learn_requested, script_requested: the user wants to begin a lesson, or to open a script. run_requested: the folder of a
    kept run to open.
    """

    learn_requested = Signal()
    script_requested = Signal()
    run_requested = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("timeline_empty")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.start = _button("start_empty", "Start", "Start the plan")
        learn = _button("learn_empty", "Begin", "Learn: begin the next lesson")
        script = _button("script_empty", "Open…", "Open my script")
        self._sentence = _wrapped("empty_sentence", READY)
        self._learn_sentence = _wrapped("learn_sentence", LEARN)
        self._plan_title = CutLabel("Try a plan")
        cards = QHBoxLayout()
        cards.setSpacing(10)
        for name, title, sentence, button in (
            ("learn_card", CutLabel("Learn (5 minutes)"), self._learn_sentence, learn),
            ("plan_card", self._plan_title, self._sentence, self.start),
            ("script_card", CutLabel("Open my script"), _wrapped("script_sentence", OPEN), script),
        ):
            cards.addWidget(_Card(name, title, sentence, button), 1)
        self._recent_title = QLabel("Recent runs")
        self._recent_title.setObjectName("recent_title")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self._page = QWidget()
        self._page.setObjectName("start_page")
        middle = QWidget()
        middle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        middle.setMaximumWidth(_WIDEST_PX)
        self._middle = middle
        column = QVBoxLayout(middle)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(cards)
        column.addSpacing(10)
        column.addWidget(self._recent_title)
        column.addLayout(self._recent)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch()
        row.addWidget(middle, 1000)
        row.addStretch()
        whole = QVBoxLayout(self._page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addStretch(2)
        whole.addLayout(row)
        whole.addStretch(3)
        self.setWidget(self._page)
        self.set_recent(())
        learn.clicked.connect(self.learn_requested)
        script.clicked.connect(self.script_requested)

    def sizeHint(self) -> QSize:
        """As little as the timeline may have: where that is not enough, the page scrolls."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """As wide as the three buttons beside each other."""
        return QSize(self._page.minimumSizeHint().width(), _LEAST_HEIGHT_PX)

    def set_problem(self, problem: str, *, script: bool) -> None:
        """Show why Start cannot run the plan, or the script; empty when it can."""
        self._sentence.setText(problem or (SCRIPT_READY if script else READY))
        self._plan_title.setText("Run the script" if script else "Try a plan")
        self.start.setAccessibleName("Start the script" if script else "Start the plan")
        self.start.setEnabled(not problem)

    def set_learned(self, sentence: str) -> None:
        """Show how far the lessons have come; empty before the first."""
        self._learn_sentence.setText(sentence or LEARN)

    def set_recent(self, runs: Sequence[RecentRun]) -> None:
        """Offer these runs."""
        while (item := self._recent.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for number, run in enumerate(runs, 1):
            button = _RunButton(run.words)
            button.setObjectName(f"recent_run_{number}")
            button.clicked.connect(partial(self._on_run_clicked, run.path))
            self._recent.addWidget(button)
        self._recent_title.setVisible(bool(runs))

    def _on_run_clicked(self, path: str, _checked: bool = False) -> None:
        self.run_requested.emit(path)

    @property
    def stops(self) -> list[QWidget]:
        """What the Tab key reaches, in order."""
        buttons = (self._recent.itemAt(at) for at in range(self._recent.count()))
        recent = [widget for item in buttons if item is not None and (widget := item.widget()) is not None]
        return [button for card in self._page.findChildren(_Card) for button in [card.button]] + recent

    def set_palette(self, palette: Palette, unit_px: float) -> None:
        """Use the palette's colours, and letters of the chart's size."""
        small, usual, large = (round(px * unit_px) for px in (13, 14, 15))
        self._middle.setMaximumWidth(round(_WIDEST_PX * unit_px))
        self.setStyleSheet(
            f"QScrollArea#timeline_empty, QWidget#start_page {{ background: {palette.base}; }}"
            f"QFrame[card=true] {{ background: {palette.band}; border: 1px solid {palette.line}; border-radius: 6px; }}"
            f"QLabel {{ color: {palette.quiet}; font-size: {small}px; border: none; background: transparent; }}"
            f"QLabel[title=true] {{ color: {palette.text}; font-size: {large}px; font-weight: bold; }}"
            f"QLabel#recent_title {{ color: {palette.text}; font-weight: bold; }}"
            f"QPushButton {{ background: {palette.button}; color: {palette.accent}; border: 2px solid {palette.accent};"
            f" border-radius: 4px; font-weight: bold; padding: 6px 18px; font-size: {usual}px; }}"
            f"QPushButton#start_empty {{ background: {palette.accent}; color: {palette.accent_text}; }}"
            f"QPushButton:focus {{ border-color: {palette.text}; }}"
            f"QPushButton:disabled, QPushButton#start_empty:disabled {{ background: {palette.button};"
            f" color: {palette.quiet}; border-color: {palette.line}; }}"
            f"QPushButton[run=true] {{ background: transparent; color: {palette.text}; border: 2px solid transparent;"
            f" font-weight: normal; padding: 3px 6px; text-align: left; font-size: {small}px; }}"
            f"QPushButton[run=true]:hover {{ background: {palette.selection}; }}"
            f"QPushButton[run=true]:focus {{ border-color: {palette.accent}; }}"
        )


class _Card(QFrame):
    """A title, a sentence and a button. A click anywhere in it presses the button."""

    def __init__(self, name: str, title: QLabel, sentence: QLabel, button: QPushButton) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("card", True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # all are as wide as each other
        self.button = button
        title.setProperty("title", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 12)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(sentence)
        column.addStretch()
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.button.click()
        else:
            super().mouseReleaseEvent(event)


class _RunButton(QPushButton):
    """Its text is cut at the end where there is no room for it; its tooltip and its name have all of it."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self.setProperty("run", True)
        self.setAutoDefault(False)
        self.setAccessibleName(f"Open the run {words}")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.FontChange, QEvent.Type.Polish):
            room = max(0, self.width() - 16)
            text = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room)
            self.setText(text.replace("&", "&&"))
            self.setToolTip("" if text == self._words else self._words)
        return super().event(event)


def _button(name: str, text: str, spoken: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(spoken)
    button.setAutoDefault(False)
    return button


def _wrapped(name: str, text: str) -> QLabel:
    label = CutLabel(text)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
