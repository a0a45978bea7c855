"""The Tasks panel: every task of a run, to sort, filter and copy, under a histogram of their durations; for a trace its spans,
beside their names. The window's thread."""

from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from desktop.facts.selection import Selection
from desktop.look.palette import LIGHT, Palette
from desktop.panels.run_panel import RunPanel
from desktop.panels.tasks.duration_plot import DurationPlot
from desktop.panels.tasks.empty_words import NO_RUN, nothing_to_list
from desktop.panels.tasks.name_rows import HEADS as NAME_HEADS
from desktop.panels.tasks.name_rows import NameRows
from desktop.panels.tasks.row_copy import MOST_ROWS, RowCopy
from desktop.panels.tasks.work_asker import WorkAsker
from desktop.panels.tasks.work_bar import WorkBar
from desktop.panels.tasks.work_rows import WorkRows
from desktop.widgets.clipboard import copied, copy_text, table_text
from desktop.widgets.note import Note, recolour_notes
from desktop.widgets.record_table import SORTED_HEAD_PX, LongTable
from workers.analysis.tables.span_names import NO_TOTALS
from workers.analysis.tables.work_table import WorkTable
from workers.analysis.tables.work_view import WorkColumn, WorkQuery, WorkView
from workers.timeline.timeline import Timeline

_MANY = 5_000


class TasksPanel(RunPanel):
    """The tasks of the run, or the spans of the trace."""

    def __init__(self) -> None:
        super().__init__()
        self._timeline: Timeline | None = None
        self._asker = WorkAsker(self)
        self._copying = RowCopy(self)
        self._chosen: int | None = None
        self._showing = False
        self._jump: bool | None = None
        self._spans = False
        self._fitted: Timeline | None = None
        self._query = self._answered = WorkQuery()
        self._rows, self._names = WorkRows(self), NameRows(self)
        self._bar = WorkBar()
        self._plot = DurationPlot()
        self._table = LongTable("tasks", "Tasks", self._rows)
        self._name_table = LongTable("tasks_names", "Spans by name", self._names)
        self._empty = Note(NO_RUN)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._body = QWidget()
        self._build()
        self._connect()
        self._take_spans(False)
        self.set_palette(LIGHT)
        self._show_empty(NO_RUN)

    def _build(self) -> None:
        self._empty.setObjectName("tasks_empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._empty.setContentsMargins(8, 8, 8, 8)
        for table in (self._table, self._name_table):
            table.setAlternatingRowColors(True)
            table.horizontalHeader().setStretchLastSection(True)
            table.horizontalHeader().setSectionsMovable(True)
            table.make_sortable()
        self._name_table.fit_columns(("a name of a function", "1,000,000", "12.345 s", "12.345 s", "12.345 s"),
                                     head_px=SORTED_HEAD_PX)  # fmt: skip
        self._split.addWidget(self._name_table)
        self._split.addWidget(self._table)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        self._split.setSizes([300, 420])
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self._bar)
        body.addWidget(self._plot)
        body.addWidget(self._split, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._body, 1)
        whole.addWidget(self._empty, 1)
        for before, after in pairwise((self._bar, self._plot, self._name_table, self._table)):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self._asker.answered.connect(self._on_answered)
        self._asker.failed.connect(self.failed)
        self._copying.copied.connect(self._on_copied)
        self._bar.changed.connect(self._on_filter_changed)
        self._bar.longest_requested.connect(self.next_longest)
        self._plot.brushed.connect(self._bar.limit)
        self._rows.sort_requested.connect(self._on_sort_requested)
        self._table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._table.chosen.connect(self._on_chosen)
        self._table.copy_requested.connect(self.copy)
        self._name_table.selectionModel().selectionChanged.connect(self._on_name_changed)
        self._name_table.copy_requested.connect(self._copy_names)

    # The run

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show this run's tasks, or this trace's spans; None empties the panel. The filter stays."""
        self._timeline, self._chosen, self._jump = timeline, None, None
        self._asker.set_timeline(timeline)
        self._copying.cancel()
        spans = timeline is not None and (timeline.imported is not None or bool(timeline.tracks))
        self._names.show_totals(None, NO_TOTALS)
        if spans != self._spans:
            self._table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._take_spans(spans)
        self._table.scrollToTop()
        self._show_empty(nothing_to_list(self._timeline, spans=self._spans))
        self._ask(replace(self._query, by=self._bar.by, name=None))

    def refresh(self) -> None:
        """Show the tasks since the last refresh. A live run of many tasks is listed anew only now and then."""
        self._asker.refresh()

    def show_selection(self, selection: Selection | None) -> None:
        """Highlight the task or span that was selected in another view."""
        self._chosen = self._rows.row_of(selection)
        self._show_chosen(scroll=True)

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._rows.set_palette(palette)
        self._plot.set_palette(palette)
        self._bar.set_palette(palette)
        recolour_notes(self, palette)

    def next_longest(self) -> None:
        """Select the next shorter one than the selected one of those that pass the filter; first the longest of all."""
        self._go(back=False)

    def next_shortest(self) -> None:
        """The other way."""
        self._go(back=True)

    def end(self) -> None:
        """End the thread that sorts."""
        self._asker.end()
        self._copying.cancel()

    # What is asked

    def _ask(self, query: WorkQuery) -> None:
        news = query != self._query
        self._query = self._asker.query = query
        if news:
            self._copying.cancel()
        if news and self.isVisible():
            self._asker.ask()
        elif self.isVisible():
            self._asker.refresh()
        limits = query.by
        self._plot.show_limits(limits.least_ns, None if limits.most_ns is None else limits.most_ns + 1)
        self._say_how_many()

    def _on_filter_changed(self) -> None:
        self._ask(replace(self._query, by=self._bar.by))

    def _on_sort_requested(self, column: WorkColumn | None, descending: bool) -> None:
        self._ask(replace(self._query, column=column, descending=descending))

    def _on_name_changed(self) -> None:
        place = None if self._showing else self._name_table.only_chosen()
        if place is not None:
            self._ask(replace(self._query, name=self._names.name_at(place)))

    # What is shown

    def _on_answered(self, view: WorkView) -> None:
        self._showing = True
        self._rows.show_view(view)
        self._names.show_totals(view.table if view.table.spans else None, view.totals)
        self._showing = False
        if self._fitted is not self._timeline:
            self._fitted = self._timeline
            self._fit(view.table)
        for at, fact in enumerate(self._rows.facts):
            self._table.setColumnHidden(at, not fact.shown(view.table))
        self._plot.show_durations(view.histogram, view.durations, "span" if self._spans else "task")
        self._show_empty(nothing_to_list(self._timeline, spans=self._spans))
        self._say_how_many()
        self._show_chosen(scroll=view.query != self._answered)
        self._answered = view.query
        if view.query != self._query and self.isVisible():
            self._asker.ask()  # the question is another one since
        elif self._jump is not None:
            back, self._jump = self._jump, None
            self._go(back=back)

    def _show_chosen(self, *, scroll: bool) -> None:
        """Have the selected row highlighted, wherever it is now."""
        self._showing = True
        self._table.show_chosen(None if self._chosen is None else self._rows.place_of(self._chosen), scroll=scroll)
        if self._spans:
            self._name_table.show_chosen(self._names.place_of(self._query.name), scroll=False)
        self._showing = False

    def _on_selection_changed(self) -> None:
        place = None if self._showing else self._table.only_chosen()
        if place is not None:
            self._select(self._rows.row_at(place))

    def _on_chosen(self, index: QModelIndex) -> None:
        self._select(self._rows.row_at(index.row()))

    def _select(self, row: int) -> None:
        self._chosen = row
        self.selected.emit(self._rows.selection_of(row))

    def _go(self, *, back: bool) -> None:
        view = self._asker.view
        if self._timeline is None:
            self.said.emit(NO_RUN)
            return
        if view is None or view.query != self._query:
            self._jump = back  # the answer is on its way, or nobody has looked at this panel yet
            self._asker.refresh()
            return
        row = view.longest_after(self._chosen, back=back)
        if row is None:
            thing = "span" if self._spans else "task"
            end = "shortest" if not back else "longest"
            self.said.emit(f"That is the {end} {thing}." if len(view.durations) else f"No {thing} passes the filter.")
            return
        self._select(row)
        self._show_chosen(scroll=True)

    # Words

    def _show_empty(self, words: str) -> None:
        self._empty.setText(words)
        self._empty.setVisible(bool(words))
        self._body.setVisible(not words)

    def _take_spans(self, spans: bool) -> None:
        self._spans = spans
        self._rows.set_spans(spans)
        self._name_table.setVisible(spans)
        self._fitted = None
        self._table.setAccessibleName("Spans" if spans else "Tasks")
        self._bar.set_spans(spans)
        self._plot.setAccessibleName(f"Durations of the {'spans' if spans else 'tasks'}")
        self.titled.emit("Spans" if spans else "Tasks")

    def _fit(self, table: WorkTable) -> None:
        """Make the columns as wide as their texts are going to be. The user may change that, until another run is shown."""
        samples = [fact.sample for fact in self._rows.facts]
        if not table.spans:
            samples[0] = f"{len(table):,}" if table.index is None else f"{len(table):,} of {len(table):,}"
        self._table.fit_columns(samples, head_px=SORTED_HEAD_PX)

    def _say_how_many(self) -> None:
        view = self._asker.view
        if self._timeline is None:
            self._bar.say("")
        elif view is None or view.query != self._query:
            self._bar.say("Counting …")
        else:
            self._bar.say(self._count_words(view))

    def _count_words(self, view: WorkView) -> str:
        shown, total = len(view.rows), len(view.table)
        noun = ("span" if self._spans else "task") + ("" if total == 1 else "s")
        words = f"{total:,} {noun}" if shown == total else f"{shown:,} of {total:,} {noun}"
        return f"{words}, {view.failed:,} failed" if view.failed and not self._query.by.failed else words

    # Copying

    def copy(self) -> None:
        """Copy the chosen rows as text under the titles, or all that are listed when none is chosen."""
        header = self._table.horizontalHeader()
        columns = [header.logicalIndex(at) for at in range(header.count())]
        columns = [column for column in columns if not self._table.isColumnHidden(column)]
        places = self._table.chosen_places() or range(self._rows.rowCount())
        heads = [self._rows.facts[column].label for column in columns]
        self._to_copy = len(places)
        if len(places) > _MANY:
            self.said.emit(f"Copying {min(len(places), MOST_ROWS):,} rows …")
        if places:
            self._copying.start(heads, places, lambda place: self._rows.cells(place, columns))

    def _on_copied(self, count: int) -> None:
        one, several = ("span", "spans") if self._spans else ("task", "tasks")
        if count < self._to_copy:
            self.said.emit(f"The first {MOST_ROWS:,} of {self._to_copy:,} {several} are on the clipboard.")
        else:
            self.said.emit(copied(count, one, several))

    def _copy_names(self) -> None:
        places = self._name_table.chosen_places() or range(self._names.rowCount())
        copy_text(table_text(NAME_HEADS, map(self._names.cells, places)))
        self.said.emit(copied(len(places), "name", "names"))
