"""The colours of the window: light and dark palettes with the same roles, each also in high contrast. Values only, no Qt
objects.

The phase colours are Okabe and Ito's set, which colour-blind users can tell apart. In the dark palette the darker ones are
brighter, so that their contrast is the same as in the light one. In high contrast, texts have at least 7 to 1 and lines 3 to 1
against every background; the phases keep their colours.
"""

from dataclasses import dataclass, replace
from typing import Literal

Setting = Literal["system", "light", "dark"]
"""What the user chose; "system" follows the desktop."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as ``#rrggbb``. lane_text: names and times. quiet: secondary text. line: hairlines. band: every other lane.
    good and bad mark how something ended; good_text and bad_text are for words about it: their contrast is at least 4.5 to 1
    against every background."""

    dark: bool
    window: str
    base: str
    band: str
    text: str
    quiet: str
    line: str
    accent: str
    accent_text: str
    button: str
    starting: str
    alive: str
    alive_text: str
    task_text: str
    zombie: str
    join: str
    paused: str
    transfer: str
    disk: str
    good: str
    good_text: str
    bad: str
    bad_text: str
    selection: str
    process_colours: tuple[str, ...]
    """One colour a process, in turn, for tags in the output and in the lane headers."""

    name_colours: tuple[str, ...]
    """One colour a name, for the spans of traces; `task_text` is written on them."""

    def of_process(self, process_id: int) -> str:
        """The tag colour of a process; the program (id 1) has the first."""
        return self.process_colours[(process_id - 1) % len(self.process_colours)]


LIGHT = Palette(
    dark=False,
    window="#f3f4f6", base="#ffffff", band="#f7f8fa", text="#1b1f24", quiet="#586169", line="#d5d9df",
    accent="#0b63b0", accent_text="#ffffff", button="#fbfbfc",
    starting="#56b4e9", alive="#0072b2", alive_text="#ffffff", task_text="#0d1b26",
    zombie="#cc79a7", join="#e69f00", paused="#8a8f98", transfer="#8a2be2", disk="#7a5c00",
    good="#007e5d", good_text="#006b4f", bad="#d55e00", bad_text="#a84100", selection="#cfe3f7",
    process_colours=("#5c6670", "#0072b2", "#b8560b", "#00805f", "#9b4f7d", "#7a5c00", "#2c6e9b", "#8a3ffc", "#a3352d"),
    name_colours=("#56b4e9", "#e6c545", "#8580ee", "#e48fc4", "#5fd6ba", "#bf6a7f", "#e6bf98", "#7fa650"),
)  # fmt: skip

DARK = Palette(
    dark=True,
    window="#1b1e23", base="#22262c", band="#262b32", text="#e7eaee", quiet="#a5afba", line="#3a414b",
    accent="#4ea3e8", accent_text="#0b0f14", button="#2b3038",
    starting="#7cc7f2", alive="#237bbc", alive_text="#ffffff", task_text="#0d1b26",
    zombie="#dd94bb", join="#f0b429", paused="#8f98a3", transfer="#c9a5ff", disk="#d9b644",
    good="#2fb992", good_text="#38c69e", bad="#ff7f32", bad_text="#ff914f", selection="#253f57",
    process_colours=("#9aa5b1", "#5cb3ec", "#f2994a", "#3fc79f", "#dd94bb", "#d9b644", "#8cc7e8", "#b794f6", "#f28b82"),
    name_colours=("#5fb0e0", "#e9d36a", "#8580ee", "#e083bf", "#5ccbb1", "#bf6a7f", "#e3c8a8", "#7fa352"),
)  # fmt: skip

LIGHT_HIGH = replace(
    LIGHT,
    window="#ffffff", base="#ffffff", band="#f0f2f4", text="#000000", quiet="#2b3036", line="#6b747d",
    accent="#003f7d", button="#ffffff", paused="#5c636b",
    good="#00543d", good_text="#00452f", bad="#a84100", bad_text="#7a2e00", selection="#cfe3f7",
)  # fmt: skip

DARK_HIGH = replace(
    DARK,
    window="#000000", base="#000000", band="#14171b", text="#ffffff", quiet="#e3e8ee", line="#8a95a1",
    accent="#8cc8ff", accent_text="#000000", button="#14171b", paused="#b4bcc6",
    good="#5fe0b8", good_text="#7fe9c3", bad="#ff9a5c", bad_text="#ffb38a", selection="#16324a",
)  # fmt: skip


def palette_of(*, dark: bool, high_contrast: bool) -> Palette:
    """One of the four palettes."""
    if high_contrast:
        return DARK_HIGH if dark else LIGHT_HIGH
    return DARK if dark else LIGHT
