"""Where the header of a lane begins."""

from desktop.chart.drawing.lane_headers import LEAST_HEADER_PX, header_left
from desktop.chart.geometry.row import Row


def test_names_have_their_room_however_deep_the_processes_are() -> None:
    lefts = [header_left(Row(process=1, depth=depth, top_px=0, height_px=46)) for depth in (0, 1, 2, 3, 100, 10_000)]
    assert lefts[:4] == sorted(set(lefts[:4]))
    assert lefts[-1] < LEAST_HEADER_PX / 2
