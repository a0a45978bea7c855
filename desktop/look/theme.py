"""How the window's controls look: Qt's Fusion style in the colours of a `Palette`. The window's thread."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from desktop.look.palette import Palette, Setting, palette_of

_FRAMED = (
    "QLineEdit",
    "QAbstractSpinBox",
    "QComboBox",
    "QCheckBox",
    "QRadioButton",
    "QSlider",
    "QPushButton",
    "QMenu",
)
"""Fusion draws the frames of these controls in a darker shade of their Window colour. They use that colour for nothing else."""

_FUSION_DARKER = 1.4
_FIELD_EM = 1.3
"""The height of the inside of a field with arrows. Fusion makes it lower, and the field is to be as high as other controls."""


def choose_palette(setting: Setting, app: QApplication, *, high_contrast: bool = False) -> Palette:
    """The palette for this setting. A desktop that does not say whether it is dark counts as light. high_contrast: the user
    asks for it here; else it is had where the desktop asks for it."""
    dark = app.styleHints().colorScheme() is Qt.ColorScheme.Dark if setting == "system" else setting == "dark"
    return palette_of(dark=dark, high_contrast=high_contrast or wants_contrast(app))


def wants_contrast(app: QApplication) -> bool:
    """Whether the desktop asks for high contrast. Qt tells it from 6.10 on."""
    hints = app.styleHints()  # held as long as what it owns: without it PySide takes that for deleted
    if not hasattr(hints, "accessibility"):
        return False
    return hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast


def apply_theme(app: QApplication, palette: Palette) -> None:
    """Give the whole application this palette; may be called again at any time."""
    colours, sheet = qt_palette(palette), _stylesheet(palette)
    if app.styleSheet() == sheet and app.palette() == colours:
        return  # else Qt polishes every widget again
    if not app.styleSheet():  # else it has our style already: PySide keeps two objects of each style that it is given
        app.setStyle("Fusion")
    app.setPalette(colours)
    framed = _framed_palette(palette)
    for control in _FRAMED:
        app.setPalette(framed, control)  # type: ignore[arg-type]  # the stub says bytes; only text is taken
    app.setStyleSheet(sheet)


def qt_palette(palette: Palette) -> QPalette:
    """Our colours in Qt's roles, with a paler set for what is disabled."""
    role = QPalette.ColorRole
    line, text, button = QColor(palette.line), QColor(palette.text), QColor(palette.button)
    colours = {
        role.Window: QColor(palette.window),
        role.WindowText: text,
        role.Base: QColor(palette.base),
        role.AlternateBase: QColor(palette.band),
        role.Text: text,
        role.Button: button,
        role.ButtonText: text,
        role.BrightText: QColor(palette.bad),
        role.ToolTipBase: QColor(palette.base),
        role.ToolTipText: text,
        role.PlaceholderText: QColor(palette.quiet),
        role.Highlight: QColor(palette.accent),
        role.HighlightedText: QColor(palette.accent_text),
        role.Accent: QColor(palette.accent),
        role.Link: QColor(palette.accent),
        role.LinkVisited: QColor(palette.accent),
        role.Light: _mixed(button, QColor("#ffffff"), 0.12 if palette.dark else 0.6),
        role.Midlight: _mixed(line, button, 0.5),
        role.Mid: line,
        role.Dark: _mixed(line, text, 0.25),
        role.Shadow: _mixed(line, QColor("#000000"), 0.6),
    }
    made = QPalette()
    for which, colour in colours.items():
        made.setColor(which, colour)
    faint = _mixed(text, QColor(palette.window), 0.6)
    for which in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText, role.ToolTipText):
        made.setColor(QPalette.ColorGroup.Disabled, which, faint)
    made.setColor(QPalette.ColorGroup.Disabled, role.Base, QColor(palette.window))
    made.setColor(QPalette.ColorGroup.Disabled, role.Button, QColor(palette.window))
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, line)
    made.setColor(QPalette.ColorGroup.Disabled, role.Accent, line)
    made.setColor(QPalette.ColorGroup.Disabled, role.HighlightedText, faint)
    return made


def _framed_palette(palette: Palette) -> QPalette:
    """The palette of controls with a frame. On a dark background Fusion's darker frame is invisible: it gets a lighter one."""
    made = qt_palette(palette)
    for group, share in ((QPalette.ColorGroup.Active, 0.5), (QPalette.ColorGroup.Inactive, 0.5),
                         (QPalette.ColorGroup.Disabled, 0.1)):  # fmt: skip
        frame = _mixed(QColor(palette.line), QColor(palette.quiet), share)
        lifted = QColor.fromHsvF(frame.hsvHueF(), frame.hsvSaturationF(), min(1.0, frame.valueF() * _FUSION_DARKER))
        made.setColor(group, QPalette.ColorRole.Window, lifted)
        if group is not QPalette.ColorGroup.Disabled:  # a combo box has a darker ground than the window
            hint = _mixed(QColor(palette.quiet), QColor(palette.text), 0.4)
            made.setColor(group, QPalette.ColorRole.PlaceholderText, hint)
    return made


def _stylesheet(palette: Palette) -> str:
    # Only what a QPalette cannot express: with a rule for its frame Fusion does not draw a control any more.
    handle = _mixed(QColor(palette.line), QColor(palette.quiet), 0.35).name()
    return f"""
        QToolTip {{
            color: {palette.text}; background: {palette.base}; border: 1px solid {palette.line}; padding: 3px;
        }}
        QComboBox {{ combobox-popup: 0; }}
        QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
        QAbstractItemView {{ selection-background-color: {palette.selection}; selection-color: {palette.text}; }}
        QSplitter::handle {{ background: {palette.line}; }}
        QAbstractSpinBox {{ min-height: {_FIELD_EM}em; }}
        QHeaderView {{ background: {palette.window}; }}
        QHeaderView::section {{
            color: {palette.quiet}; background: {palette.window}; border: none; padding: 3px 9px;
            border-right: 1px solid {palette.line}; border-bottom: 1px solid {palette.line};
        }}
        QTableView::item {{ padding: 0 6px; }}
        QScrollBar {{ background: transparent; border: none; }}
        QScrollBar:vertical {{ width: 12px; }}
        QScrollBar:horizontal {{ height: 12px; }}
        QScrollBar::handle {{ background: {handle}; border-radius: 4px; margin: 2px; }}
        QScrollBar::handle:hover, QScrollBar::handle:pressed {{ background: {palette.quiet}; }}
        QScrollBar::handle:vertical {{ min-height: 28px; }}
        QScrollBar::handle:horizontal {{ min-width: 28px; }}
        QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
        QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
        QAbstractScrollArea::corner {{ background: transparent; }}
    """


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    """A mix: this share of `other`, the rest of `one`."""
    return QColor.fromRgbF(*(
        a + (b - a) * share
        for a, b in zip(one.getRgbF()[:3], other.getRgbF()[:3], strict=True)  # type: ignore[index]
    ))  # fmt: skip
