"""A combo box that may be narrower than its texts. A cut text ends in an ellipsis, and its tooltip has all of it.

The window's thread.
"""

import html

from PySide6.QtCore import QAbstractItemModel, QEvent, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QToolTip


class Chooser(QComboBox):
    """A combo box that fits into a narrow panel. A plain one demands the width of its longest item.

    letters: how many letters it always has room for.
    """

    def __init__(self, letters: int) -> None:
        super().__init__()
        self._whole: tuple[QFontMetrics, int] | None = None
        self._watch(self.model())
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(letters)
        self.view().setAccessibleName("Choices")

    @property
    def whole_px(self) -> int:
        """The width at which no item is cut. Layouts ask often: it is measured once for the same items, letters and style."""
        metrics = self.fontMetrics()
        if self._whole is None or self._whole[0] != metrics:
            self._whole = metrics, self._measured_px(metrics)
        return self._whole[1]

    def setModel(self, model: QAbstractItemModel) -> None:
        """Take the items of another model."""
        super().setModel(model)
        self._forget()
        self._watch(model)

    def changeEvent(self, event: QEvent) -> None:
        """Measure again in another style."""
        super().changeEvent(event)
        self._forget()

    def _watch(self, model: QAbstractItemModel) -> None:
        for changed in (model.dataChanged, model.rowsInserted, model.rowsRemoved, model.modelReset):
            changed.connect(self._forget)

    def _forget(self) -> None:
        self._whole = None

    def _measured_px(self, metrics: QFontMetrics) -> int:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        widest = max((metrics.horizontalAdvance(self.itemText(at)) for at in range(self.count())), default=0)
        return widest + option.rect.width() - self._room_px(option) + _AIR_PX

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chosen text, cut where there is no room."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        if self.isEditable() or self._fits(option):
            super().paintEvent(event)
            return
        room_px = self._room_px(option) - _AIR_PX
        option.currentText = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room_px)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Begin the tooltip with the whole text where it is cut."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            option = QStyleOptionComboBox()
            self.initStyleOption(option)
            if not self._fits(option):
                more = f"<p>{html.escape(self.toolTip())}</p>" if self.toolTip() else ""
                QToolTip.showText(event.globalPos(), f"<p>{html.escape(self.currentText())}</p>{more}", self)
                return True
        return super().event(event)

    def _fits(self, option: QStyleOptionComboBox) -> bool:
        return self.fontMetrics().horizontalAdvance(self.currentText()) <= self._room_px(option) - _AIR_PX

    def _room_px(self, option: QStyleOptionComboBox) -> int:
        field = QStyle.SubControl.SC_ComboBoxEditField
        return self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width()


_AIR_PX = 4
"""The room that a field keeps free beside its text."""
