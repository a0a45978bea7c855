"""The palettes: what is written in a colour can be read on every ground that it is written on."""

import pytest

from desktop.palette import DARK, LIGHT, Palette


def luminance(colour: str) -> float:
    """WCAG's relative luminance of ``#rrggbb``."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_small_text_has_enough_contrast(palette: Palette) -> None:
    for text in (palette.text, palette.quiet, palette.bad_text, palette.good):
        for ground in (palette.window, palette.base, palette.band):
            assert contrast(text, ground) >= 4.5, (text, ground)
    assert contrast(palette.alive_text, palette.alive) >= 4.5
    assert contrast(palette.accent_text, palette.accent) >= 4.5
    for tag in palette.process_colours:
        assert contrast(tag, palette.base) >= 4.5, tag


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_bars_stand_out_from_the_ground(palette: Palette) -> None:
    for bar in (palette.alive, palette.bad):
        assert contrast(bar, palette.base) >= 3, bar
