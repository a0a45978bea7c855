"""The clock of a run:

from the machine's monotonic clock to the times of the timeline. Part of a Fold, which owns it.
"""


class RunClock:
    """origin_ns: the program's start on the machine's monotonic clock; None while it is not known.

    wall_ns: how much further the Unix time is than that clock, when the run began; None while it is not known.
    """

    def __init__(self) -> None:
        self.origin_ns: int | None = None
        self.wall_ns: int | None = None

    def since_start(self, clock_ns: int) -> int:
        """A reading of the machine's clock as a time of the timeline, in ns since the program's start."""
        return clock_ns - (self.origin_ns or 0)
