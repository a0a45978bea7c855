"""Lessons: asks a question, has its program run once it is answered, and shows the answer beside what happened. The window's
thread.

The session runs the programs, like the user's scripts. A lesson of many runs is run again as soon as a run is over.
"""

import sys
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.control.session import Session
from desktop.documents.document import Document
from desktop.documents.file_opening import FileOpening
from desktop.documents.lessons.lesson_copy import write_copy
from desktop.documents.lessons.lesson_evidence import LessonEvidence
from desktop.documents.lessons.lesson_list import LessonList
from desktop.documents.lessons.lesson_texts import changed_outcome, first_order, guesses_of, outcome_of, question_of
from desktop.facts.fact import CodePlace
from desktop.look.palette import Palette
from desktop.panels.learn.learn_panel import LearnPanel
from desktop.panels.learn.lesson_page import LessonPage
from desktop.panels.learn.lesson_strip import LessonStrip
from workers.engines.script import Script
from workers.errors import ProcessionError
from workers.lessons.lesson import AnswerKind, Lesson
from workers.runs.leases import Lease
from workers.timeline.timeline import Timeline

UNANSWERED = "Answer the question of the lesson first: then its program can run."
CHANGING = "Press Run above the program: it runs your copy."
_STOPPED = "The lesson was stopped: run it again when you like."


class LessonStep(Enum):
    """Where a lesson is."""

    CLOSED = auto()
    ASKING = auto()
    RUNNING = auto()
    DONE = auto()
    CHANGING = auto()
    """A copy of the program is being changed."""


class Learning(QObject):
    """step, lesson: what is open. strip, page: what shows it.

    prepared: a Script or None, why it cannot run yet, and whether it comes with Procession.
    in_front: whether a lesson is shown. page_wanted: whether the page with the program takes the place of the timeline.
    selected, place_chosen: what a sentence points at. guessed: the predictions that the chart is to draw.
    run_requested: the program in front is to run. run_began: the first of its runs. opened: a lesson is.
    list_wanted: the list is to have the keyboard.
    learned: how far the user has come. said, failed: sentences for the user.
    """

    prepared = Signal(object, str, bool)
    in_front = Signal(bool)
    page_wanted = Signal(bool)
    selected = Signal(object)
    place_chosen = Signal(object)
    guessed = Signal(object)
    run_requested = Signal()
    run_began = Signal()
    opened = Signal()
    list_wanted = Signal()
    learned = Signal(str)
    said = Signal(str)
    failed = Signal(str, str)

    def __init__(
        self, window: QObject, panel: LearnPanel, session: Session, document: Document, opening: FileOpening
    ) -> None:
        super().__init__(window)
        self._panel = panel
        self._session = session
        self._document = document
        self._opening = opening
        self._lessons = LessonList()
        self.strip = LessonStrip()
        self.page = LessonPage(self.strip.take_key)
        self.step = LessonStep.CLOSED
        self.lesson: Lesson | None = None
        self._answer: int | float | tuple[int, ...] | None = None
        self._script: Script | None = None
        self._is_changed = False
        self._in_front = False
        self._runs: list[Timeline] = []
        self._folders: list[Path | None] = []
        self._leases: list[Lease] = []
        self._evidence: list[tuple[LessonEvidence, ...]] = []
        self._next_run = QTimer(self)
        self._next_run.setSingleShot(True)
        self._next_run.setInterval(0)
        self._connect()

    def _connect(self) -> None:
        strip, page = self.strip, self.page
        strip.chosen.connect(self._on_chosen)
        strip.drawn.connect(self._on_drawn)
        strip.run_requested.connect(self._on_run_requested)
        strip.stop_requested.connect(self._on_stop_requested)
        strip.next_requested.connect(self.begin_next)
        strip.change_requested.connect(self._on_change_requested)
        strip.left.connect(self.leave)
        strip.evidence_chosen.connect(self._on_evidence_chosen)
        strip.run_chosen.connect(self._on_run_chosen)
        page.order.changed.connect(self._on_drawn)
        page.moment.changed.connect(self._on_drawn)
        page.said.connect(self.said)
        self._panel.chosen.connect(self.open)
        self._panel.next_requested.connect(self.begin_next)
        self._session.began.connect(self._on_began)
        self._session.launched.connect(self._on_launched)
        self._session.ended.connect(self._on_ended)
        self._document.replaced.connect(self._on_replaced)
        self._next_run.timeout.connect(self._on_next_run)

    # The list

    @property
    def count(self) -> int:
        """How many lessons there are, without those that cannot be used."""
        return self._lessons.count

    @property
    def progress(self) -> str:
        """How far the user has come, in a sentence; empty before the first answer."""
        return self._lessons.sentence

    def load(self, folder: Path | None = None) -> None:
        """Load the lessons. folder: a teacher's own, whose lessons stand in a group of their own."""
        for sentence in self._lessons.load(folder):
            self.said.emit(sentence)
        self._show_list()

    def begin_next(self) -> None:
        """Open the first lesson after the open one that is not answered, or else the next one; after the last, the list."""
        number = self._lessons.after(self.lesson)
        if number is None:
            self.leave()
        else:
            self.open(number)

    def open(self, number: int) -> None:
        """Open the lesson of a row of the list, and ask its question."""
        lesson = self._lessons.lesson(number)
        if lesson is None or self._session.running:
            if self._session.running:
                self.said.emit("A run is still running: stop it, or wait for its end, before a lesson.")
            return
        self._forget_runs()
        self.lesson, self._answer, self._is_changed = lesson, None, False
        self._script = self._made(lesson.path)
        self.page.show_listing(lesson.listing)
        self._show_boards(lesson)
        self.strip.ask(question_of(lesson, self._lessons.where(lesson)))
        self._panel.show_open(number)
        self._go(LessonStep.ASKING)
        self.opened.emit()
        if lesson.kind is not AnswerKind.CHOICE:
            self.page.focus_board()

    def leave(self) -> None:
        """Close the lesson. What is answered is kept."""
        if self.lesson is None:
            return
        if self.step is LessonStep.RUNNING:
            self._session.stop()
        self._next_run.stop()
        self._forget_runs()
        self.lesson, self._script = None, None
        self.guessed.emit(())
        self._panel.show_open(None)
        self._go(LessonStep.CLOSED)
        self.list_wanted.emit()

    def show_in_front(self, in_front: bool) -> None:
        """Show the open lesson while its page is in front."""
        self._in_front = in_front
        self._show_parts()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self.strip.set_palette(palette)
        self.page.set_palette(palette)

    def end(self) -> None:
        """Let go of the runs, for good."""
        self._next_run.stop()
        self._forget_runs()

    # Answers

    def _on_chosen(self, at: int) -> None:
        self._answer = at
        self._show_answered()

    def _on_drawn(self) -> None:
        if self.lesson is None or self.step is not LessonStep.ASKING:
            return
        if self.lesson.kind is AnswerKind.ORDER:
            names = [item.text for item in self.lesson.items]
            self._answer = tuple(names.index(name) for name in self.page.order.order)
        elif self.page.moment.at_s is None:
            self.said.emit("Click on the empty chart to place it first.")
            return
        else:
            self._answer = self.page.moment.at_s
        self._show_answered()

    def _show_answered(self) -> None:
        lesson = self.lesson
        if lesson is not None and self.step is LessonStep.ASKING:
            self.strip.show_answered(answered=True, drawn=lesson.kind is not AnswerKind.CHOICE)
            self._prepare()

    # Running

    def _on_run_requested(self) -> None:
        if self.step is LessonStep.CHANGING:
            lesson = self.lesson
            assert lesson is not None
            try:
                self._script = self._made(write_copy(lesson, self.page.text))
            except ProcessionError as error:
                self.failed.emit(str(error), "")
                return
            self._is_changed = True
            self.prepared.emit(self._script, "", self._is_own)
        self.run_requested.emit()

    def _on_began(self, _timeline: Timeline) -> None:
        if self.lesson is None:
            return
        if self._session.source is not self._script:
            self.leave()  # another program runs
            return
        first = self.step is not LessonStep.RUNNING
        if first:
            self.strip.setFocus()  # what had it is disabled now, or hidden
            self._forget_runs()
        self._go(LessonStep.RUNNING)
        self.strip.show_running(len(self._runs), self._of)
        if first:
            self.run_began.emit()

    @property
    def _of(self) -> int:
        """How many runs the lesson takes."""
        return 1 if self.lesson is None else self.lesson.runs

    def _on_launched(self, folder: Path) -> None:
        if self.step is LessonStep.RUNNING:
            self._leases.append(Lease(folder))

    def _on_stop_requested(self) -> None:
        self._next_run.stop()
        if self._session.running:
            self._session.stop()
        else:
            self._ask_again()

    def _on_ended(self) -> None:
        session = self._session
        if self.step is not LessonStep.RUNNING or session.timeline is None:
            return
        if session.stopped or session.folder is None:
            self._ask_again()
            return
        self._runs.append(session.timeline)
        self._folders.append(Path(session.folder))
        if len(self._runs) < self._of:
            self._next_run.start()
        else:
            self._show_outcome()

    def _on_next_run(self) -> None:
        if self.step is LessonStep.RUNNING and self._script is not None and not self._session.running:
            self._session.start(self._script)

    def _ask_again(self) -> None:
        """The runs were stopped: the question stands there with its answer."""
        self._forget_runs()
        self.said.emit(_STOPPED)
        lesson, answer = self.lesson, self._answer
        if lesson is None:
            return
        self.strip.ask(question_of(lesson, self._lessons.where(lesson)))
        if isinstance(answer, int):
            self.strip.choose(answer)
        self._go(LessonStep.ASKING)
        if answer is not None:
            self._show_answered()

    def _show_outcome(self) -> None:
        lesson = self.lesson
        assert lesson is not None
        assert self._script is not None
        if self._is_changed:
            outcome = changed_outcome(lesson, self._runs)
            self._evidence = []
        else:
            assert self._answer is not None
            outcome, self._evidence = outcome_of(
                lesson, self._runs, self._answer, str(self._script.path), last=self._lessons.after(lesson) is None
            )
            self.guessed.emit(guesses_of(lesson, self._runs[-1], self._answer, right=outcome.right is True))
            self._keep(lesson, outcome.right)
        self._go(LessonStep.DONE)
        self.strip.show_outcome(outcome)

    def _keep(self, lesson: Lesson, right: bool | None) -> None:
        try:
            self._lessons.keep(lesson, right)
        except ProcessionError as error:
            self.said.emit(str(error))
        self._show_list()

    # After the run

    def _on_change_requested(self) -> None:
        lesson = self.lesson
        if lesson is None:
            return
        self.page.edit(self.page.text if self._is_changed else lesson.changed_listing, lesson.change.line)
        self.strip.show_changing(lesson.change.text)
        self._go(LessonStep.CHANGING)
        self.page.focus_board()

    def _on_evidence_chosen(self, sentence: int, number: int) -> None:
        if sentence < len(self._evidence):
            shows = self._evidence[sentence][number].shows
            if isinstance(shows, CodePlace):
                self.place_chosen.emit(shows)
            else:
                self.selected.emit(shows)

    def _on_run_chosen(self, number: int) -> None:
        folder = self._folders[number] if number < len(self._folders) else None
        if folder is not None:
            self._opening.open(str(folder))

    def _on_replaced(self) -> None:
        """Another run is shown than one of the lesson's: the lesson is left, as it is about those."""
        shown = self._document.shown
        if self.step is not LessonStep.DONE or shown is None:
            return
        if shown.folder not in self._folders and shown.timeline is not self._session.timeline:
            self.leave()

    # Showing

    def _go(self, step: LessonStep) -> None:
        self.step = step
        self._prepare()
        self._show_parts()

    def _prepare(self) -> None:
        """Say what Start would run now."""
        waits = self.step is LessonStep.ASKING and self._answer is None
        problem = UNANSWERED if waits else CHANGING if self.step is LessonStep.CHANGING else ""
        self.prepared.emit(self._script, problem, self._is_own)

    @property
    def _is_own(self) -> bool:
        return self.lesson is not None and self._lessons.is_own(self.lesson)

    def _show_parts(self) -> None:
        shown = self._in_front and self.lesson is not None
        self.strip.setVisible(shown)
        self.in_front.emit(shown)
        self.page_wanted.emit(shown and self.step in (LessonStep.ASKING, LessonStep.CHANGING))

    def _show_boards(self, lesson: Lesson) -> None:
        moment = lesson.moment
        self.page.show_boards(
            names=[item.text for item in lesson.items],
            order=first_order(lesson),
            moment=None if moment is None else (moment.text, moment.axis_s, moment.since_text),
        )

    def _show_list(self) -> None:
        self._panel.show_rows(self._lessons.rows)
        self.learned.emit(self._lessons.sentence)

    def _forget_runs(self) -> None:
        self._runs, self._folders, self._evidence = [], [], []
        for lease in self._leases:
            lease.release()
        self._leases = []

    def _made(self, path: Path) -> Script | None:
        watch = "" if self.lesson is None else " ".join(self.lesson.watch)
        try:
            return Script.make(str(path), python=sys.executable, watch=watch)
        except ProcessionError as error:
            self.failed.emit(str(error), "")
            return None
