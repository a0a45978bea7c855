"""The keeper's loop where no single call can wait for all sources: a thread reads each, a queue takes that to the main thread.

Not loaded on Linux, whose programs then wait for less.
"""

import queue
import threading

from workers.keeper.event_loop import Callback, EventSource

_MOST_AT_ONCE = 64


class ThreadLoop:
    """One thread for each source. See `event_loop.Loop`."""

    def __init__(self) -> None:
        self._queue: queue.Queue[tuple[Callback, bytes, int]] = queue.Queue(1000)

    def add(self, source: EventSource, callback: Callback) -> None:
        """See Loop. The thread ends with its source."""
        threading.Thread(target=self._read, args=(source, callback), daemon=True).start()

    def wait(self, timeout_s: float) -> bool:
        """See Loop. Takes a limited number at once: a source that never pauses must not stop the keeper's other work."""
        for taken in range(_MOST_AT_ONCE):
            try:
                callback, data, pid = self._queue.get(timeout=timeout_s) if taken == 0 else self._queue.get_nowait()
            except queue.Empty:
                return taken > 0
            callback(data, pid)
        return True

    def close(self) -> None:
        """See Loop. Waiting threads end with the keeper."""

    def _read(self, source: EventSource, callback: Callback) -> None:
        while True:
            data, pid = source.read()
            self._queue.put((callback, data, pid))
            if not data:
                return
