"""One row of the chart: what it shows, its place, and the place of the bar in it. Pure arithmetic without Qt; any thread.

Heights are counted from the top of the first row.
"""

from dataclasses import dataclass

from desktop.chart.geometry.arrangement import ROW_PX

GROUP_PX = 26
LEVEL_PX = 18
COUNTER_PX = 34
INSTANTS_PX, LOW_INSTANTS_PX = 9, 4
"""The thin row of a track's instants, above its spans."""

BAR_TOP_PX = 15
BAR_PX = 20
"""The bar in a row of the usual height. Questions and signals are marked above it, printed lines below."""

_BAR_SHARE = 40
"""How much of the height beyond the usual one the bar gets, in percent; the rest is for CPU and memory below it."""
_ROOMY_PX = 40
_MOST_TRAFFIC_PX, _BELOW_BAR_PX = 10, 2.0
LINED_PX = 24
"""Lower rows have no room for a line of text."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    process: the process whose lane it is; 0 for other rows.
    top_px: from the top of the first row. A pinned row does not scroll.
    helpers_of: on a row of helpers, their parent.
    members: the helpers, or the descendants on the row of a collapsed process.
    expanded: whether the row is not folded. folds: whether a click folds or unfolds it.
    instants_px: how much of a track's row its instants have, above its spans; 0 without instants.
    thread: the id of the thread whose tasks it shows. threads_of: on the row above those of threads, their process.
    track, counter: of an imported trace, the id of the track or the number of the counter.
    host: on the row above the workers of a machine of a cluster, its name. members are these workers.
    under: the process of the thread or threads, track or counter.
    """

    process: int
    depth: int
    top_px: int
    height_px: int
    helpers_of: int = 0
    members: tuple[int, ...] = ()
    expanded: bool = False
    folds: bool = False
    pinned: bool = False
    track: int = 0
    counter: int = 0
    under: int = 0
    thread: int = 0
    threads_of: int = 0
    instants_px: int = 0
    host: str = ""

    @property
    def owner(self) -> int:
        """The process that the row belongs to; 0 for none."""
        return self.process or self.helpers_of or self.under

    @property
    def bar_px(self) -> tuple[float, float]:
        """Top and height of the bar, from the row's top."""
        height = self.height_px
        if self.helpers_of or self.host:
            return 8.0, 10.0
        if not self.process:
            return 3.0, float(height - 7)
        if height >= _ROOMY_PX:
            spare = height - ROW_PX
            return float(BAR_TOP_PX), float(BAR_PX + (spare * _BAR_SHARE // 100 if spare > 0 else spare))
        if height >= LINED_PX:
            return 5.0, float(height - 11)
        return 1.0, float(height - 3)

    @property
    def traffic_px(self) -> tuple[float, float]:
        """Top and height of the strip of transfers over the lower edge of the bar, from the row's top."""
        top, height = self.bar_px
        strip = float(min(_MOST_TRAFFIC_PX, max(2, int(height) // 4)))
        return top + height - strip + (_BELOW_BAR_PX if self.lined else 0.0), strip

    @property
    def roomy(self) -> bool:
        """Whether there is room for marks above and below the bar."""
        return bool(self.process) and self.height_px >= _ROOMY_PX

    @property
    def lined(self) -> bool:
        """Whether there is room for a line of text in the bar and marks on it."""
        return bool(self.process) and self.height_px >= LINED_PX

    @property
    def shift_px(self) -> float:
        """How far the middle of the bar is below its place in a row of the usual height."""
        top, height = self.bar_px
        return top + height / 2 - (BAR_TOP_PX + BAR_PX / 2)
