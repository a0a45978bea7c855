"""The places of the instants and depths of a track in its row. Arithmetic without Qt; the window's thread, or an export.

Instants have a thin row of their own at the top, and the depths lie below it.
"""

from desktop.chart.geometry.row import Row

_PAD_PX, _LOW_PAD_PX = 4.0, 2.0
_LOW_PX = 12


def level(row: Row, height: int, depth: int) -> tuple[float, float]:
    """Top and height of a depth, from the row's top. height: how many depths the row has."""
    pad = _pad(row)
    each = (row.height_px - 2 * pad - row.instants_px) / max(1, height)
    return pad + row.instants_px + depth * each, each - (1 if each > 6 else 0)


def depth_at(row: Row, height: int, y_px: float) -> int | None:
    """The depth at `y_px` below the row's top; None above and below all depths."""
    if not height:
        return None
    first, each = level(row, height, 0)[0], level(row, height, 1)[0] - level(row, height, 0)[0]
    depth = int((y_px - first) // each)
    return depth if 0 <= depth < height else None


def instants(row: Row) -> tuple[float, float]:
    """Top and height of the instants, from the row's top."""
    return _pad(row) - 1.0, max(0.0, row.instants_px - 1.0)


def _pad(row: Row) -> float:
    return _PAD_PX if row.height_px - row.instants_px > _LOW_PX else _LOW_PAD_PX
