"""The thread that owns one run: it starts the run's engine, passes commands on, and takes what was recorded.

One QThread a run, in the window's process. It leaves what it takes in a bounded mailbox, in small portions, which the window
empties at its frame clock. The thread waits only for commands, and never longer than `_IDLE_POLL_S`, so a command is
carried out at once.
"""

import queue
import traceback
from collections import deque

from PySide6.QtCore import QObject, QThread, Signal

from desktop.control.portions import portions
from workers.commands import Command
from workers.engines.engine import Engine, EngineFactory, Runnable
from workers.errors import ProcessionError
from workers.journal.follower import Batch

POLL_S = 0.016
_IDLE_POLL_S = 0.05
_MOST_WAITING = 64
"""Portions in the mailbox beyond which nothing more is taken. What the engine recorded waits on the disk."""


class RunThread(QThread):
    """Runs one plan or script.

    launched: the run is under way; the folder of its journals.
    failed: a sentence and details.
    `finished` (QThread's) always comes last.
    folder_deleted: once it has finished, whether the run's folder was deleted meanwhile.
    failure: once it has finished, why the recorder did not come to its end, as `RunResult` has it.
    """

    failed = Signal(str, str)
    launched = Signal(str)

    def __init__(self, what: Runnable, make_engine: EngineFactory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run")
        self._what = what
        self._make_engine = make_engine
        self._commands: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._mailbox: deque[Batch] = deque()
        self._closing = False
        self.folder_deleted = False
        self.failure: str | None = None

    def command(self, command: Command) -> None:
        """Have the thread pass a command on. From any thread; in order."""
        self._commands.put(command)

    def close(self) -> None:
        """Have the thread end the run and finish. From any thread."""
        self._closing = True
        self._commands.put(None)  # wakes the thread

    def take(self) -> Batch | None:
        """The oldest portion that was not taken yet, if any. For the window's frame clock."""
        return self._mailbox.popleft() if self._mailbox else None

    @property
    def waiting(self) -> int:
        """How many portions were not taken yet."""
        return len(self._mailbox)

    def run(self) -> None:
        """The thread's life."""
        engine: Engine | None = None
        try:
            engine = self._make_engine(self._what)
            engine.start()
            self.launched.emit(str(engine.folder))
            self._follow(engine)
            self.folder_deleted = engine.folder_deleted
            if engine.over:
                self.failure = engine.result().failure
        except ProcessionError as error:
            self.failed.emit(str(error), "")
        except Exception as error:
            self.failed.emit(f"Following the run failed: {error}.", traceback.format_exc())
        finally:
            if engine is not None:
                engine.close(by_user=self._closing)

    def _follow(self, engine: Engine) -> None:
        wait_s = POLL_S
        while not engine.over and not self._closing:
            self._pass_on_commands(engine, wait_s)
            if len(self._mailbox) >= _MOST_WAITING:
                continue  # the window is behind
            batch = engine.take()
            self._mailbox.extend(portions(batch))
            wait_s = POLL_S if batch else min(wait_s * 1.5, _IDLE_POLL_S)

    def _pass_on_commands(self, engine: Engine, wait_s: float) -> None:
        """Pass all commands on that are there. The first one is waited for."""
        try:
            command = self._commands.get(timeout=wait_s)
            while command is not None:
                engine.command(command)
                command = self._commands.get_nowait()
        except queue.Empty:
            pass
