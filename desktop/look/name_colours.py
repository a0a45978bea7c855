"""Which colour of the palette a name has: the same in every session, run and theme. Values only, without Qt; any thread."""

from collections.abc import Sequence
from operator import methodcaller
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

NAME_COLOURS = 8
"""How many there are; more could not be told apart."""

_AS_BYTES = methodcaller("encode", "utf-8", "surrogatepass")


def name_colours(names: Sequence[str]) -> NDArray[np.uint8]:
    """The index of each name's colour in `Palette.name_colours`: uint8 (n,). Python's own hash differs between sessions."""
    sums = np.fromiter(map(crc32, map(_AS_BYTES, names)), np.uint32, len(names))
    return (sums % NAME_COLOURS).astype(np.uint8)
