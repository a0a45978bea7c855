"""A name has one colour, in every session and on every machine, and each can be read and told apart."""

import math
from itertools import combinations

import pytest

from desktop.look.name_colours import NAME_COLOURS, name_colours
from desktop.look.palette import DARK, LIGHT, Palette

SIGHTS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
}
"""How colours look, as Machado, Oliveira and Fernandes give it for linear RGB."""
LEAST_APART = 9.0
"""In CIELAB; 2.3 is just noticeable."""


def test_a_name_has_the_same_colour_in_every_session() -> None:
    names = ["main", "Layout", "V8.GC", "größe", ""]
    assert name_colours(names).tolist() == [4, 4, 2, 1, 0]
    assert name_colours(["\ud800"]).tolist() == name_colours(["\ud800"]).tolist()
    assert len(name_colours([])) == 0


def test_many_names_use_all_colours() -> None:
    counts = [name_colours([f"function_{at}" for at in range(800)]).tolist().count(one) for one in range(NAME_COLOURS)]
    assert min(counts) > 60


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_colours_of_names_can_be_told_apart_by_everybody(palette: Palette) -> None:
    assert len(palette.name_colours) == NAME_COLOURS
    for sight in SIGHTS:
        for one, other in combinations((*palette.name_colours, palette.bad), 2):
            assert math.dist(seen(one, sight), seen(other, sight)) >= LEAST_APART, (sight, one, other)


def seen(colour: str, sight: str) -> tuple[float, float, float]:
    """The CIELAB place of ``#rrggbb``, as it looks."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    red, green, blue = (
        min(1.0, max(0.0, sum(share * part for share, part in zip(row, linear, strict=True)))) for row in SIGHTS[sight]
    )
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
    )
    x, y, z = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)
