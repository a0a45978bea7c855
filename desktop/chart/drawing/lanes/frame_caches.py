"""What is kept from frame to frame of one run. The window's thread, or an export."""

from desktop.chart.drawing.lanes.density import Density
from desktop.chart.drawing.lanes.lane_images import LaneImages
from desktop.chart.drawing.lanes.seen_signs import SeenSigns
from desktop.chart.drawing.lanes.strips import UsageStrips
from desktop.chart.drawing.lanes.wait_labels import WaitLabels
from desktop.chart.drawing.links import KeptLinks
from desktop.chart.geometry.thread_load import ThreadLoad


class FrameCaches:
    """Images, shapes and numbers that the next frame may use again. Another run needs new ones."""

    def __init__(self) -> None:
        self.images = LaneImages()
        self.density = Density()
        self.links = KeptLinks()
        self.usage = UsageStrips()
        self.wait_labels = WaitLabels()
        self.signs = SeenSigns()
        self.loads: dict[int, ThreadLoad] = {}  # by process
