"""The one owner of what the window shows. The window's thread.

Everything that shows, saves, marks, compares or describes a run asks here which one it is. The session runs programs and
knows nothing of it.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.documents.shown_run import ShownKind, ShownRun
from workers.engines.script import Script
from workers.formats.file_format import Opened
from workers.runs.leases import Lease
from workers.runs.run_names import name_of, title_of
from workers.timeline.timeline import Timeline


class Document(QObject):
    """Holds the shown run, and with it its place: a run in the history stays there as long as it is shown.

    leaving: the shown run is about to be replaced; it is still complete, so what is not saved yet can be saved.
    replaced: another timeline is shown, or none.
    changed: comes after `replaced`, and when a fact about the shown run has changed.
    """

    leaving = Signal()
    replaced = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown: ShownRun | None = None
        self._release: Callable[[], None] | None = None

    @property
    def shown(self) -> ShownRun | None:
        """What the views show, a preview included."""
        return self._shown

    @property
    def run(self) -> ShownRun | None:
        """The same, but None for a preview, in which nothing has run."""
        shown = self._shown
        return None if shown is None or shown.kind is ShownKind.PREVIEW else shown

    @property
    def timeline(self) -> Timeline | None:
        """The timeline that the views show, a preview's included."""
        return None if self._shown is None else self._shown.timeline

    def folder(self) -> Path | None:
        """The journals of the shown run; None where it has none."""
        return None if self._shown is None else self._shown.folder

    def show_preview(self, timeline: Timeline | None) -> None:
        """Show the lanes of a plan before it is started; None shows nothing."""
        if timeline is not None or self._shown is not None:
            self._replace(None if timeline is None else ShownRun.preview(timeline), None)

    def show_live(self, timeline: Timeline, script: Script | None = None) -> None:
        """Show a run that has just been started. script: None for a plan."""
        self._replace(ShownRun.live(timeline, script), None)

    def show_opened(self, opened: Opened) -> None:
        """Show what was read from a file. It is closed here when something else is shown."""
        self._replace(ShownRun.opened(opened), opened.close)

    def set_folder(self, folder: Path) -> None:
        """The live run was launched: its journals are in `folder`, which is kept while it is shown."""
        if self._shown is not None and self._shown.kind is ShownKind.LIVE_RUN:
            self._release = Lease(folder).release
            self._change(replace(self._shown, folder=folder))

    def set_stopped(self) -> None:
        """The user ends the live run."""
        if self._shown is not None and self._shown.kind is ShownKind.LIVE_RUN:
            self._change(replace(self._shown, stopped=True))

    def set_failure(self, sentence: str) -> None:
        """The live run could not be started, or not be followed further."""
        if self._shown is not None and self._shown.kind is ShownKind.LIVE_RUN:
            self._change(replace(self._shown, failure=sentence))

    def update_name(self, folder: Path) -> None:
        """The run in `folder` of the history was renamed."""
        shown = self._shown
        if shown is not None and shown.kind is ShownKind.RECORDED_RUN and shown.path == folder:
            timeline = shown.timeline
            self._change(replace(shown, title=name_of(folder) or title_of(timeline.argv, timeline.plan)))

    def close(self) -> None:
        """Release the shown run's place. The views keep showing it until they are gone."""
        self.leaving.emit()
        self._let_go()

    def _replace(self, shown: ShownRun | None, release: Callable[[], None] | None) -> None:
        self.leaving.emit()
        self._let_go()
        self._shown, self._release = shown, release
        self.replaced.emit()
        self.changed.emit()

    def _change(self, shown: ShownRun) -> None:
        self._shown = shown
        self.changed.emit()

    def _let_go(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            release()
