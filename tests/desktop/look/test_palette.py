"""The palettes: what is written in a colour can be read on every ground that it is written on."""

import pytest

from desktop.look.palette import DARK, LIGHT, Palette


def luminance(colour: str) -> float:
    """WCAG's relative luminance of ``#rrggbb``."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(over: str, under: str, share: float) -> str:
    """A share of one colour over another, as the chart style mixes them."""
    pairs = zip((over[at : at + 2] for at in (1, 3, 5)), (under[at : at + 2] for at in (1, 3, 5)), strict=True)
    return "#" + "".join(f"{round(int(a, 16) * share + int(b, 16) * (1 - share)):02x}" for a, b in pairs)


def grounds(palette: Palette) -> dict[str, str]:
    """What words lie on, by name: the window's grounds, rows that are chosen, and intervals that are measured."""
    return {
        "window": palette.window, "base": palette.base, "band": palette.band, "button": palette.button,
        "selection": palette.selection, "chosen row": mixed(palette.selection, palette.base, 0.3),
        "measured": mixed(palette.accent, palette.base, 0.14), "measured band": mixed(palette.accent, palette.band, 0.14),
    }  # fmt: skip


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_small_text_has_enough_contrast(palette: Palette) -> None:
    for text in (palette.text, palette.quiet, palette.bad_text, palette.good_text):
        for name, ground in grounds(palette).items():
            assert contrast(text, ground) >= 4.5, (text, name)
    for text, ground in (
        (palette.alive_text, palette.alive), (palette.accent_text, palette.accent), (palette.base, palette.text),
        (palette.text, mixed(palette.join, palette.base, 0.30)), (palette.text, palette.button),
        *((palette.task_text, ground) for ground in (palette.starting, palette.bad, *palette.name_colours)),
        *((palette.accent, ground) for ground in (palette.window, palette.base, palette.button)),
    ):  # fmt: skip
        assert contrast(text, ground) >= 4.5, (text, ground)
    for tag in palette.process_colours:
        assert min(contrast(tag, palette.base), contrast(tag, palette.band)) >= 4.5, tag


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_bars_stand_out_from_the_ground(palette: Palette) -> None:
    chosen = mixed(palette.selection, palette.base, 0.3)
    for bar in (palette.alive, palette.bad, palette.good, palette.accent):
        for ground in (palette.base, palette.band, chosen):
            assert contrast(bar, ground) >= 3, (bar, ground)
    for badge in (palette.good, palette.bad):
        assert contrast(palette.base, badge) >= 3, badge
    for tag in palette.process_colours:
        assert contrast(tag, palette.selection) >= 3, tag
    # The pink and orange are those of the set; their shapes, an outline and a hatch, are drawn on grounds of their own.
    for bar in (palette.zombie, palette.join):
        assert contrast(bar, palette.base) >= 2, bar
