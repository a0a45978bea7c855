"""The places of the depths of a track in its row. Arithmetic without Qt; the window's thread, or an export."""

from desktop.chart.geometry.row import Row

_PAD_PX, _LOW_PAD_PX = 4.0, 2.0
_LOW_PX = 12
_FLAG_PX = 7.0


def level(row: Row, height: int, depth: int) -> tuple[float, float]:
    """Top and height of a depth, from the row's top. height: how many depths the row has."""
    pad = _PAD_PX if row.height_px > _LOW_PX else _LOW_PAD_PX
    each = (row.height_px - 2 * pad) / max(1, height)
    return pad + depth * each, each - (1 if each > 6 else 0)


def depth_at(row: Row, height: int, y_px: float) -> int | None:
    """The depth at `y_px` below the row's top; None above and below all depths."""
    first, each = level(row, height, 0)[0], level(row, height, 1)[0] - level(row, height, 0)[0]
    depth = int((y_px - first) // each)
    return depth if 0 <= depth < height else None


def flag_px(row: Row) -> float:
    """How far down from the row's top an instant's flag reaches."""
    return min(_FLAG_PX, row.height_px / 3)
