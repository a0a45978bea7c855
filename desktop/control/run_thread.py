"""The thread that owns a run: it starts the keeper, passes commands, and follows the journals.

One QThread a run, in the window's process. What it reads it leaves in a bounded mailbox, in small portions; the window
takes them at its frame clock. It waits only on its command queue, and never longer than a poll, so that a word to it is
heard at once.
"""

import queue
import traceback
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from desktop.control.portions import portions
from workers.engines.local_engine import LiveRun
from workers.engines.script import Script
from workers.errors import ProcessionError
from workers.journal.follower import Batch
from workers.plan.plan import Plan

POLL_S = 0.016
_IDLE_POLL_S = 0.05
_MOST_WAITING = 64
"""Portions in the mailbox beyond which nothing more is read: what is unread stays on disk."""

Command = Callable[[LiveRun], object]
"""Something to do with the run, carried out in the thread."""


class RunThread(QThread):
    """Runs one plan or script. `failed` carries a sentence and details; `finished` (QThread's) always comes last. folder_gone:
    once it has finished, whether somebody deleted the run's folder meanwhile."""

    failed = Signal(str, str)
    launched = Signal(str)
    """The run's folder."""

    def __init__(self, what: Plan | Script, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run")
        self._what = what
        self._commands: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._mailbox: deque[Batch] = deque()
        self._closing = False
        self.folder_gone = False

    def do(self, command: Command) -> None:
        """Have the thread carry out a command. From any thread; in order."""
        self._commands.put(command)

    def close(self) -> None:
        """Have the thread let go of the run, which ends the whole tree, and finish. From any thread."""
        self._closing = True
        self._commands.put(None)

    def take(self) -> Batch | None:
        """The oldest portion that was read and not taken yet, if any. For the window's frame clock."""
        return self._mailbox.popleft() if self._mailbox else None

    @property
    def waiting(self) -> int:
        """How many portions were read and not taken yet."""
        return len(self._mailbox)

    def run(self) -> None:
        """The thread's life."""
        live: LiveRun | None = None
        try:
            what = self._what.program() if isinstance(self._what, Script) else self._what
            live = LiveRun(what, straight=False)
            self.launched.emit(str(live.folder))
            self._follow(live)
            self.folder_gone = live.gone
        except ProcessionError as error:
            self.failed.emit(str(error), "")
        except Exception as error:
            self.failed.emit(f"Following the run failed: {error}.", traceback.format_exc())
        finally:
            if live is not None:
                live.close(asked=self._closing)

    def _follow(self, live: LiveRun) -> None:
        wait_s = POLL_S
        while not live.over and not self._closing:
            self._carry_out(live, wait_s)
            if len(self._mailbox) >= _MOST_WAITING:
                continue  # the window is behind
            batch = live.poll()
            self._mailbox.extend(portions(batch))
            wait_s = POLL_S if batch else min(wait_s * 1.5, _IDLE_POLL_S)

    def _carry_out(self, live: LiveRun, wait_s: float) -> None:
        """Every command that is there; the first one is waited for."""
        try:
            command = self._commands.get(timeout=wait_s)
            while command is not None:
                command(live)
                command = self._commands.get_nowait()
        except queue.Empty:
            pass
