"""Sweeps in the window: checks what is asked for, has a job make the runs, and opens and exports what they are. The window's
thread.

The job's thread only waits for the run in progress. What it has measured comes here after each run, so that a sweep that is
stopped keeps it.
"""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.control.session import Session
from desktop.documents.file_opening import FileOpening
from desktop.export.exporting import with_suffix
from desktop.export.sweep_export import SWEEP_FILTER, export_sweep
from desktop.jobs import Job, JobThread
from desktop.look.palette import LIGHT, Palette
from desktop.panels.sweep.sweep_panel import SweepPanel
from desktop.settings import Settings
from workers.engines.engine import EngineFactory
from workers.engines.script import Script
from workers.errors import PlanError, ProcessionError
from workers.plan.plan import Plan
from workers.runs.leases import Lease
from workers.sweep.dealing import parse_counts
from workers.sweep.measured import Sweep
from workers.sweep.subjects import MOST_OF_A_SCRIPT, PlanSubject, ScriptSubject
from workers.sweep.sweeper import Asked, carry_out, new_sweep, progress, without_output
from workers.system.allowed_cores import allowed_cores
from workers.system.machine import look_at_machine

SWEEPING = "A sweep is being measured: stop it in the Sweep tab, or wait for its end."
RUN_FIRST = "A run is still running: wait for its end, or stop it, before a sweep."
_LATER = "The sweep is still being measured: a run of it can be opened after its end."
_EVERY_MS = 500


class Source(Protocol):
    """What Start would run: the window's `RunTarget`."""

    def source(self) -> Plan | Script:
        """It. Raises PlanError if it cannot be run."""

    def with_script(self, then: Callable[[Script], object]) -> None:
        """Give `then` the script once the user has agreed that it runs."""

    def with_plan(self, plan: Plan, then: Callable[[Plan], object]) -> None:
        """Give `then` the plan once the user trusts the cluster that it names."""

    def hold_back(self, why: str) -> None:
        """Start nothing from now on, for this reason; empty: start again."""


class Sweeping(QObject):
    """sweep: the newest one, as far as it is measured; None before the first.

    ended: a sweep is over. said: one sentence. failed: a sentence and details. factory: makes the engine of each run.
    """

    ended = Signal()
    said = Signal(str)
    failed = Signal(str, str)

    def __init__(
        self,
        window: QWidget,
        panel: SweepPanel,
        target: Source,
        session: Session,
        opening: FileOpening,
        settings: Settings,
        factory: EngineFactory = without_output,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._panel = panel
        self._target = target
        self._session = session
        self._opening = opening
        self._settings = settings
        self._factory = factory
        self._palette = LIGHT
        self.sweep: Sweep | None = None
        self._leases: list[Lease] = []
        self._stopping = False
        self._last_s = 0.0  # when the run in progress began
        self._job = Job("sweep", self)
        self._job.reported.connect(self._on_reported)
        self._job.failed.connect(self.failed)
        self._job.ended.connect(self._on_ended)
        self._clock = QTimer(self)
        self._clock.setInterval(_EVERY_MS)
        self._clock.timeout.connect(self._show_progress)
        panel.start_requested.connect(self.start)
        panel.stop_requested.connect(self.stop)
        panel.open_requested.connect(self._on_open)
        panel.export_requested.connect(self.ask_where)
        panel.counts_changed.connect(self.show_source)
        session.began.connect(self.show_source)
        session.ended.connect(self.show_source)

    @property
    def running(self) -> bool:
        """Whether a sweep is being measured."""
        return self._job.running

    def show_source(self) -> None:
        """Show what a sweep would do with the plan or script that is in front now, or why it cannot."""
        if self.running:
            return
        try:
            source = self._target.source()
            self._panel.suggest_counts(_usual_counts(source))
            subject, _ = self._subject(source)
            held, problem = subject.held, ""
        except PlanError as error:
            held, problem = "", str(error)
        if self._session.running:
            problem = RUN_FIRST
        self._panel.show_subject(held, problem)

    def start(self) -> None:
        """Begin a sweep of what is in front. The user is asked before the first run of a script, or of a plan on a cluster."""
        if self.running:
            return
        if self._session.running:
            self.said.emit(RUN_FIRST)
            return
        try:
            source = self._target.source()
            self._subject(source)
        except PlanError as error:
            self.said.emit(str(error))
            return
        if isinstance(source, Script):
            self._target.with_script(self._begin)
        else:
            self._target.with_plan(source, self._begin)

    def stop(self) -> None:
        """End the run in progress. What was measured stays."""
        if self.running and not self._stopping:
            self._stopping = True
            self._job.cancel()
            self._show_progress()

    def export_to(self, path: str | Path) -> bool:
        """Write the sweep to `path`, by its suffix. True when the file was written."""
        if self.sweep is None or not self.sweep.runs:
            self.said.emit("There is no sweep to export yet.")
            return False
        try:
            export_sweep(self.sweep, Path(path), dark=self._palette.dark)
        except ProcessionError as error:
            self.failed.emit(str(error), "")
            return False
        self.said.emit(f"Saved {path}")
        return True

    def ask_where(self) -> None:
        """Ask where to, and export the sweep."""
        start = str(self._settings.folder / "sweep.png")
        path, kind = QFileDialog.getSaveFileName(self._window, "Export the sweep", start, SWEEP_FILTER)
        path = with_suffix(path, kind)
        if path:
            self._settings.know_folder(path)
            self.export_to(path)

    def show(self, sweep: Sweep | None) -> None:
        """Show this sweep, which may be one that was measured elsewhere."""
        self.sweep = sweep
        self._panel.show_sweep(sweep)

    def set_palette(self, palette: Palette) -> None:
        """Export in these colours from now on."""
        self._palette = palette

    def end(self) -> None:
        """End the run in progress, for good, and let go of the runs of the sweep."""
        self._clock.stop()
        self._job.close()
        self._let_go()

    def _subject(self, source: Plan | Script) -> tuple[PlanSubject | ScriptSubject, tuple[int, ...]]:
        if isinstance(source, Script):
            counts = parse_counts(self._panel.counts, MOST_OF_A_SCRIPT)
            return ScriptSubject.make(source), counts
        counts = parse_counts(self._panel.counts)
        return PlanSubject.make(source, counts), counts

    def _begin(self, source: Plan | Script) -> None:
        if self.running or self._session.running:
            return
        try:
            subject, counts = self._subject(source)
        except PlanError as error:  # what was right before the question may have been changed since
            self.said.emit(str(error))
            return
        why = subject.refusal(counts, look_at_machine()) if isinstance(subject, PlanSubject) else None
        if why is not None:
            self.said.emit(why)
            return
        begun = new_sweep(subject, counts, self._panel.repeats, allowed_cores())
        factory = self._factory

        def work(job: JobThread) -> Sweep:
            def listen() -> Asked:
                return Asked.STOP if job.cancelled else Asked.GO_ON

            return carry_out(begun, subject, listen, job.report, factory)

        self._let_go()
        self._stopping = False
        self._last_s = time.monotonic()
        self.show(begun)
        self._job.start(work, "The sweep failed")
        self._clock.start()
        self._show_progress()
        self._target.hold_back(SWEEPING)

    def _on_reported(self, sweep: Sweep) -> None:
        self._last_s = time.monotonic()
        folder = sweep.runs[-1].folder
        if folder is not None:
            self._leases.append(Lease(folder))
        self.show(sweep)
        self._show_progress()

    def _show_progress(self) -> None:
        if self.sweep is not None and self.running:
            elapsed_s = time.monotonic() - self._last_s
            self._panel.show_progress("Stopping…" if self._stopping else progress(self.sweep, elapsed_s))

    def _on_ended(self) -> None:
        self._clock.stop()
        self._target.hold_back("")
        self._panel.show_progress("")
        self.show_source()
        sweep = self.sweep
        if self._stopping and sweep is not None:
            self.said.emit(f"The sweep was stopped after {len(sweep.runs)} of {sweep.planned} runs.")
        self.ended.emit()

    def _on_open(self, workers: int) -> None:
        point = None if self.sweep is None else next((p for p in self.sweep.points if p.workers == workers), None)
        run = None if point is None else point.typical
        if self.running:
            self.said.emit(_LATER)
        elif run is not None and run.folder is not None:
            self._opening.open(str(run.folder))

    def _let_go(self) -> None:
        for lease in self._leases:
            lease.release()
        self._leases.clear()


def _usual_counts(source: Plan | Script) -> str:
    """Doubled from 1 to what the plan has or the cores are, whichever is more; sizes that differ are never shared by more."""
    cores = math.ceil(allowed_cores())
    if isinstance(source, Script):
        most = max(4, cores)
    elif len(set(source.sizes)) > 1:
        most = source.workers
    else:
        most = max(source.workers, cores)
    most = min(most, 64)
    return ",".join(str(count) for count in sorted({*(1 << at for at in range(7) if 1 << at <= most), most}))
