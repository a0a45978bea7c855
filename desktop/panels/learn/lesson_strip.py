"""The strip above the timeline: a lesson's question, and then the prediction beside what happened. The window's thread.

It shows what it is given and says what the user does. Keys: 1 to 9 choose, Enter runs or goes on, Escape leaves the lesson.
"""

from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.look.palette import LIGHT, Palette
from desktop.panels.learn.choice_button import ChoiceButton
from desktop.panels.learn.spread_bars import SpreadBars
from desktop.panels.learn.strip_texts import StripOutcome, StripQuestion, StripSentence
from desktop.widgets.cut_label import CutLabel
from desktop.widgets.spoken_widgets import speak_as

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_COLUMNS = 2
_ANSWER_FIRST = "Answer the question first."


class LessonStrip(QFrame):
    """chosen: the index of the answer that was chosen. drawn: what is drawn is the answer. run_requested, stop_requested,
    next_requested, left, change_requested: what the buttons ask for. evidence_chosen: a sentence and one of its pieces of
    evidence, by index. run_chosen: the number of one of many runs, from 0."""

    chosen = Signal(int)
    drawn = Signal()
    run_requested = Signal()
    stop_requested = Signal()
    next_requested = Signal()
    change_requested = Signal()
    left = Signal()
    evidence_chosen = Signal(int, int)
    run_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lesson")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        speak_as(self, QAccessible.Role.Grouping)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)
        self._palette = LIGHT
        self._choices: list[ChoiceButton] = []
        self._outcome: StripOutcome | None = None
        self._where = CutLabel()
        self._where.setObjectName("lesson_where")
        self._where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._leave = _button("lesson_leave", "Leave", "Leave the lesson; what is answered is kept (Esc)", self.left)
        self._question = _wrapped("lesson_question")
        self._hint = _wrapped("lesson_hint")
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        self._run = _button("lesson_run", "Run", "", self.run_requested)
        self._draw = _button("lesson_drawn", "This is my answer", "", self.drawn)
        self._stop = _button("lesson_stop", "Stop", "End the runs of this lesson", self.stop_requested)
        self._progress = QProgressBar()
        self._progress.setObjectName("lesson_progress")
        self._progress.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._ask = _row(self._hint, self._progress, None, self._draw, self._stop, self._run)
        self._said = _wrapped("lesson_said")
        self._why = _wrapped("lesson_why")
        self._told = QVBoxLayout()
        self._told.setSpacing(2)
        self.spread = SpreadBars()
        self.spread.run_requested.connect(self.run_chosen)
        self._harder_text = _wrapped("lesson_harder_text")
        self._change = _button("lesson_change", "Change one thing…", "", self.change_requested)
        self._harder = _button(
            "lesson_harder", "A harder question", "Show one more question, and then its answer", self._on_harder
        )
        self._again = _button("lesson_again", "Run again", "Run the same program once more", self.run_requested)
        self._next = _button("lesson_next", "Next lesson", "Go on to the next lesson (Enter)", self.next_requested)
        self._after = _row(self._change, self._harder, None, self._again, self._next)
        head = QHBoxLayout()
        head.addWidget(self._where, 1)
        head.addWidget(self._leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 10, 8)
        column.setSpacing(5)
        column.addLayout(head)
        column.addWidget(self._question)
        column.addLayout(self._grid)
        for widget in (self._ask, self._said, self._why):
            column.addWidget(widget)
        column.addLayout(self._told)
        for widget in (self.spread, self._harder_text, self._after):
            column.addWidget(widget)
        self.set_palette(LIGHT)
        self.hide()

    # What is shown

    def ask(self, question: StripQuestion) -> None:
        """Show a question that is not answered yet."""
        self._outcome = None
        self._where.setText(f"{question.where}  ·  {question.title}")
        self._question.setText(question.question)
        self.setAccessibleName(f"{question.where}: {question.title}. {question.question}")
        _empty(self._grid)
        self._choices = [ChoiceButton(number, text) for number, text in enumerate(question.choices, 1)]
        for at, choice in enumerate(self._choices):
            choice.set_palette(self._palette)
            choice.toggled.connect(partial(self._on_choice_toggled, at))
            self._grid.addWidget(choice, at // _COLUMNS, at % _COLUMNS)
        _order(self._leave, *self._choices, self._draw, self._stop, self._run)
        self._hint.setText(question.hint)
        self._show_parts(asking=True, drawing=bool(question.hint))
        self.show_answered(answered=False)
        self._tell(self.accessibleName())
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._choices:
            self._choices[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_answered(self, *, answered: bool, drawn: bool = False) -> None:
        """Have Run enabled once there is an answer. drawn: what is drawn now counts as the answer."""
        self._run.setEnabled(answered)
        self._run.setToolTip("Run the program on real processes (Enter)" if answered else _ANSWER_FIRST)
        self._draw.setEnabled(not drawn)

    def show_running(self, done: int, of: int) -> None:
        """Show that the program runs. of: how many runs there will be; done: how many are over."""
        for choice in self._choices:
            choice.setEnabled(False)
        self._run.hide()
        self._draw.hide()
        self._stop.show()
        self._progress.setVisible(of > 1)
        self._progress.setRange(0, of)
        self._progress.setValue(done)
        self._progress.setFormat(f"Run {min(done + 1, of)} of {of}")
        self._after.hide()
        if not self._ask.isVisibleTo(self):
            self._show_parts(asking=True, drawing=False)
            self._run.hide()
            self._stop.show()

    def show_changing(self, text: str) -> None:
        """Show that a copy of the program can be changed and run. text: what to change."""
        self._outcome = None
        self._hint.setText(text)
        self._show_parts(asking=True, drawing=True)
        for choice in self._choices:
            choice.hide()
        self._draw.hide()
        self.show_answered(answered=True)
        self._tell(text)

    def show_outcome(self, outcome: StripOutcome) -> None:
        """Show the prediction beside what happened."""
        self._outcome = outcome
        sign = {True: "✓", False: "✕", None: "?"}[outcome.right]
        self._said.setText(f"{sign}  {outcome.said}  {outcome.happened}")
        self._said.setProperty("right", {True: "yes", False: "no", None: "open"}[outcome.right])
        self._said.style().unpolish(self._said)
        self._said.style().polish(self._said)
        self._why.setText(outcome.why)
        _empty(self._told)
        rows = [self._sentence(at, sentence) for at, sentence in enumerate(outcome.sentences)]
        for row in rows:
            self._told.addWidget(row)
        evidence = [button for row in rows for button in row.findChildren(QPushButton)]
        _order(self._leave, *evidence, self.spread, self._change, self._harder, self._again, self._next)
        self.spread.show_rows(outcome.spread)
        self._change.setToolTip(outcome.change)
        self._harder.setText("A harder question")
        self._harder_text.setText("")
        self._next.setText("All lessons" if outcome.last else "Next lesson")
        focused = self.hasFocus() or self.isAncestorOf(self.window().focusWidget() or self.window())
        self._show_parts(asking=False, drawing=False)
        words = [outcome.said, outcome.happened, outcome.why, *(one.text for one in outcome.sentences)]
        self._tell(" ".join(filter(None, words)))
        if focused:
            self._next.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, at: int) -> None:
        """Choose an answer, as the user does."""
        if at < len(self._choices) and self._choices[at].isEnabled():
            moves = any(choice.hasFocus() for choice in self._choices)
            self._choices[at].setChecked(True)
            if moves:
                self._choices[at].setFocus(Qt.FocusReason.OtherFocusReason)

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        self.spread.set_palette(palette)
        for choice in self._choices:
            choice.set_palette(palette)
        self.setStyleSheet(
            f"#lesson {{ background: {palette.band}; border: none; border-left: 4px solid {palette.accent};"
            f" border-bottom: 1px solid {palette.line}; }}"
            f"QLabel {{ color: {palette.text}; }}"
            f"#lesson_where, #lesson_why, #lesson_hint {{ color: {palette.quiet}; }}"
            "#lesson_question { font-weight: bold; }"
            "#lesson_said { font-weight: bold; }"
            f"#lesson_said[right=yes] {{ color: {palette.good_text}; }}"
            f"#lesson_said[right=no] {{ color: {palette.bad_text}; }}"
            f"#lesson_run, #lesson_next {{ background: {palette.accent}; color: {palette.accent_text}; font-weight: bold;"
            f" border: 2px solid {palette.accent}; border-radius: 4px; padding: 4px 22px; }}"
            f"#lesson_run:focus, #lesson_next:focus {{ border-color: {palette.text}; }}"
            f"#lesson_run:disabled {{ background: {palette.button}; color: {palette.quiet}; border-color: {palette.line}; }}"
        )

    # What the user does

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.take_key(event):
            super().keyPressEvent(event)

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key of the lesson does, also where another part of the lesson has the keyboard. Whether it is one."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key in _ENTER and self._run.isVisibleTo(self) and self._run.isEnabled():
            self.run_requested.emit()
        elif key in _ENTER and self._after.isVisibleTo(self):
            focused = self.window().focusWidget()
            (focused if isinstance(focused, QPushButton) and self.isAncestorOf(focused) else self._next).click()
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and self._choices and self._outcome is None:
            self.choose(key - Qt.Key.Key_1)
        else:
            return False
        return True

    def _on_choice_toggled(self, at: int, chosen: bool) -> None:
        if chosen:
            self.chosen.emit(at)

    def _on_evidence_clicked(self, sentence: int, number: int, _checked: bool = False) -> None:
        self.evidence_chosen.emit(sentence, number)

    def _on_harder(self) -> None:
        if self._outcome is None:
            return
        asked = self._harder.text() != "A harder question"
        text = f"{self._outcome.harder}  {self._outcome.answer}" if asked else self._outcome.harder
        self._harder_text.setText(text)
        self._harder_text.show()
        self._harder.setText("Show its answer")
        self._harder.setEnabled(not asked)
        self._tell(self._outcome.answer if asked else self._outcome.harder)

    # Building

    def _show_parts(self, *, asking: bool, drawing: bool) -> None:
        for choice in self._choices:
            choice.setVisible(asking)
        self._ask.setVisible(asking)
        self._hint.setVisible(drawing)
        self._draw.setVisible(drawing)
        self._run.setVisible(asking)
        self._stop.hide()
        self._progress.hide()
        outcome = self._outcome
        for widget, there in (
            (self._said, bool(outcome)), (self._why, bool(outcome and outcome.why)), (self._after, bool(outcome)),
            (self.spread, bool(outcome and outcome.spread)), (self._change, bool(outcome and outcome.change)),
            (self._harder, bool(outcome and outcome.harder)),
        ):  # fmt: skip
            widget.setVisible(there)
        self._harder.setEnabled(True)
        self._harder_text.hide()
        if asking:
            _empty(self._told)
        self.show()

    def _sentence(self, at: int, sentence: StripSentence) -> QWidget:
        label = _wrapped(f"lesson_sentence_{at + 1}")
        label.setText(sentence.text)
        parts: list[QWidget | None] = [label]
        for number, words in enumerate(sentence.evidence):
            name = f"evidence_{at + 1}_{number + 1}"
            button = _button(name, words, "Select it", partial(self._on_evidence_clicked, at, number))
            button.setAccessibleName(f"Show {words}")
            parts.append(button)
        return _row(*parts)

    def _tell(self, text: str) -> None:
        event = QAccessibleAnnouncementEvent(self, text)
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)


def _button(name: str, text: str, tip: str, slot: object) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAutoDefault(False)
    button.setToolTip(tip)
    button.clicked.connect(slot)
    return button


def _wrapped(name: str) -> QLabel:
    label = CutLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setMinimumWidth(1)
    return label


def _row(*widgets: QWidget | None) -> QWidget:
    """Widgets beside each other; None stands for room. The first label takes what is left."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(6)
    for widget in widgets:
        if widget is None:
            line.addStretch(1)
        else:
            line.addWidget(widget, 1000 if isinstance(widget, QLabel | QProgressBar) else 0)
    return row


def _order(*widgets: QWidget) -> None:
    """Have Tab go through these in turn, also those that were made later than others."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)


def _empty(layout: QGridLayout | QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
