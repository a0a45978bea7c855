"""Tabs and a splitter that say when the user wants to fold or open something. The window's thread."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QTabBar, QTabWidget, QToolButton, QWidget

_OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Down)


class FoldingSplitter(QSplitter):
    """A splitter with thin handles. drag_ended: the user let go of one of them."""

    drag_ended = Signal()

    def __init__(self, orientation: Qt.Orientation) -> None:
        super().__init__(orientation)
        self.setHandleWidth(1)

    def createHandle(self) -> QSplitterHandle:
        return _Handle(self.orientation(), self)


class _Handle(QSplitterHandle):
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        splitter = self.splitter()
        if isinstance(splitter, FoldingSplitter):
            splitter.drag_ended.emit()


class FoldingTabs(QTabWidget):
    """Tabs whose pages may be folded away. open_requested: a key on their titles asks for the page of the current one."""

    open_requested = Signal()

    def __init__(self, name: str, pages: list[tuple[QWidget, str]]) -> None:
        """pages: each with its title."""
        super().__init__()
        self.setObjectName(name)
        bar = _TitleBar(self)
        bar.setObjectName("qt_tabwidget_tabbar")  # as Qt names it
        bar.open_requested.connect(self.open_requested)
        self.setTabBar(bar)
        self.setDocumentMode(True)
        for page, title in pages:
            self.addTab(page, title)

    def minimumSizeHint(self) -> QSize:
        """Pages that are folded away need no room."""
        pages = self.currentWidget()
        if pages is None or pages.isVisibleTo(self):
            return super().minimumSizeHint()
        return QSize(self.tabBar().minimumSizeHint().width(), self.tabBar().sizeHint().height())


class _TitleBar(QTabBar):
    open_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        for arrow in self.findChildren(QToolButton):  # of a bar that is too narrow; keys reach all titles without them
            arrow.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def event(self, event: QEvent) -> bool:
        """The key of a title opens its page, also when it is the current one already."""
        done = super().event(event)
        if event.type() is QEvent.Type.Shortcut:
            self.open_requested.emit()
        return done

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Space and Down open the page."""
        if event.key() in _OPENING:
            self.open_requested.emit()
            event.accept()
        else:
            super().keyPressEvent(event)
