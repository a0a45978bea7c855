"""The engine for this machine: a keeper launches the program and watches it. Used by one thread of the run's owner."""

from pathlib import Path
from typing import TYPE_CHECKING

from workers.commands import CloseRun, Command, encode
from workers.engines.engine import Engine, Runnable, RunResult, Suspension
from workers.engines.forked_keeper import ForkedKeeper
from workers.engines.keeper_process import KeeperProcess
from workers.engines.programs import RUN_FOLDER, Program
from workers.engines.run_environment import environment
from workers.engines.run_manifest import manifest
from workers.keeper.launch import Launch
from workers.runs.leases import Lease
from workers.runs.limits import load_limits
from workers.runs.run_folders import close_runs_folder, make_run_folder, next_run_folder

if TYPE_CHECKING:
    from workers.journal.follower import Batch, Follower
    from workers.plan.plan import Plan


class LocalEngine(Engine):
    """One run on this machine.

    straight: a plan does all its steps at once and takes no commands.
    whole: `take` gives every printed byte. Otherwise it skips to the newest when it cannot keep up.
    portable: without the means that only Linux has.
    disk_limit: the most bytes of disk that the run may take; None for the user's setting.
    waiting: a fork of this process that waits to become the keeper, where a command is recorded.
    """

    name = "local"

    def __init__(
        self,
        what: Runnable,
        *,
        straight: bool = True,
        whole: bool = False,
        portable: bool = False,
        disk_limit: int | None = None,
        waiting: ForkedKeeper | None = None,
    ) -> None:
        self._what = what
        self._straight = straight
        self._whole = whole
        self._portable = portable
        self._disk_limit = disk_limit
        self._waiting = waiting
        self._folder: Path | None = None
        self._keeper: KeeperProcess | None = None
        self._follower: Follower | None = None
        self._lease: Lease | None = None

    @property
    def folder(self) -> Path:
        """See `Engine`."""
        assert self._folder is not None, "the run was not started"
        return self._folder

    @property
    def keeper(self) -> KeeperProcess:
        """The keeper of this run. Only after `start`."""
        assert self._keeper is not None, "the run was not started"
        return self._keeper

    def start(self) -> None:
        """See `Engine`. Whether a script's interpreter can be recorded is found out here, which may take a moment."""
        try:
            self._start()
        except BaseException:
            self._release()
            raise

    def _start(self) -> None:
        warning = close_runs_folder()
        program, folder = self._make_program()
        launch = Launch(
            folder=str(folder),
            argv=list(program.argv),
            env=environment(folder, program),
            cwd=program.cwd,
            manifest=manifest(program, self.name),
            control=program.control,
            portable=self._portable,
            streams=program.streams,
            descriptors=program.descriptors,
            pid_variables=program.pid_variables,
            pidfd_variables=program.pidfd_variables,
            blocked=program.blocked,
            warnings=(warning,) if warning else (),
            disk_limit=self._disk_limit or load_limits().run_bytes,
        )
        self._keeper = KeeperProcess(launch, self._waiting)
        self._folder = folder

    def _make_program(self) -> tuple[Program, Path]:
        """What is launched, and the run's folder. A recorded command has no need of plans and scripts, and loads neither."""
        what = self._what
        if isinstance(what, Program):
            made = self._new_folder()
            if what.engine:
                what = what._replace(argv=tuple(str(made) if part == RUN_FOLDER else part for part in what.argv))
            return what, made
        from workers.engines.script import Script

        if isinstance(what, Script):
            return what.program(), self._new_folder()
        folder = self._new_folder()
        return self._plan_program(what, folder), folder

    def _new_folder(self) -> Path:
        """A folder that is in use before it is there: whoever makes room for another run leaves it alone."""
        folder = next_run_folder()
        self._lease = Lease(folder)
        return make_run_folder(folder)

    def _plan_program(self, plan: "Plan", folder: Path) -> Program:
        """The program that carries out a plan. Raises PlanError or RunError when there can be none."""
        from workers.engines.programs import plan_program

        return plan_program(plan, folder, straight=self._straight)

    def command(self, command: Command) -> None:
        """See `Engine`."""
        self.keeper.send(encode(command))

    def take(self) -> "Batch":
        """See `Engine`. After the keeper's end it reads on until nothing is left, and then `over` is true."""
        if self._follower is None:
            from workers.journal.follower import Follower  # not at the start: `record` may never read what it recorded

            self._follower = Follower(self.folder, whole=self._whole)
        ended = self.keeper.ended
        if self.keeper.failed and not self.lost:
            self._end_remains()
        batch = self._follower.poll(final=ended)
        if ended and not batch:
            self.over = True
        return batch

    def wait(self, timeout_s: float) -> bool:
        """See `Engine`."""
        return self.keeper.wait(timeout_s)

    @property
    def launched(self) -> bool:
        """See `Engine`."""
        return self.keeper.launched

    def take_looks(self) -> int:
        """See `Engine`."""
        return self.keeper.take_looks()

    def take_suspension(self) -> Suspension | None:
        """See `Engine`."""
        return self.keeper.take_suspension()

    def result(self) -> RunResult:
        """See `Engine`."""
        return self.keeper.result()

    def close(self, *, patience_s: float = 4.5, by_user: bool = False) -> None:
        """See `Engine`."""
        if self._keeper is None:
            return
        if by_user:
            self.command(CloseRun())
        self._keeper.let_go(patience_s)
        if self._keeper.failed:
            self._end_remains()
        self._keeper.close_reports()
        self._release()

    def _release(self) -> None:
        if self._lease is not None:
            self._lease.release()

    def _end_remains(self) -> None:
        """The keeper did not reach its own end: end what it left behind, which carries the run's mark."""
        from workers.system import process_tree

        self.lost = True
        process_tree.Ending(lambda: process_tree.marked(self.folder), 0.0).finish()
