"""The icons: every one can be drawn, in the palette's colour, at the size that is asked for."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication

from desktop.look.icons import Icon, make_app_icon, make_icon
from desktop.look.palette import DARK, LIGHT, Palette
from resources.icons import read_icon


@pytest.mark.parametrize("icon", list(Icon))
@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_an_icon_is_drawn_in_the_text_colour(qapp: QApplication, icon: Icon, palette: Palette) -> None:
    colours = _solid_colours(make_icon(icon, palette).pixmap(QSize(24, 24), 1.0))
    assert colours
    assert all(_near(colour, QColor(palette.text)) for colour in colours)


@pytest.mark.parametrize(("size", "ratio"), [(16, 1.0), (20, 1.0), (16, 2.0), (20, 2.0), (24, 2.0)])
def test_an_icon_has_the_pixels_that_the_screen_has(qapp: QApplication, size: int, ratio: float) -> None:
    icon = make_icon(Icon.START, LIGHT)
    assert QSize(int(size * ratio), int(size * ratio)) in icon.availableSizes()
    assert icon.pixmap(QSize(size, size), ratio).width() == size * ratio


def test_a_disabled_icon_is_paler(qapp: QApplication) -> None:
    icon = make_icon(Icon.STOP, LIGHT)
    on = icon.pixmap(QSize(24, 24), 1.0, QIcon.Mode.Normal).toImage().pixelColor(12, 12)
    off = icon.pixmap(QSize(24, 24), 1.0, QIcon.Mode.Disabled).toImage().pixelColor(12, 12)
    assert off.alpha() < 0.5 * on.alpha()


def test_the_app_icon_has_colours_of_its_own(qapp: QApplication) -> None:
    assert len({colour.name() for colour in _solid_colours(make_app_icon().pixmap(QSize(64, 64), 1.0))}) > 4


def test_an_icon_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        read_icon("nothing")


def _solid_colours(pixmap: QPixmap) -> list[QColor]:
    image = pixmap.toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return [pixel for pixel in pixels if pixel.alpha() > 250]


def _near(one: QColor, other: QColor) -> bool:
    return all(abs(a - b) <= 3 for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))
