"""Tabs and a splitter that say when the user wants to fold or open something. The window's thread."""

from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QSplitter, QSplitterHandle, QTabBar, QTabWidget, QToolButton, QWidget

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
    """Tabs whose pages may be folded away. open_requested: a key on their titles asks for the page of the current one.

    Titles that have no room are in a menu at their end, so that none is cut. The current one always shows, and those with an
    icon are the last to go there.
    """

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
        self._withheld: set[QWidget] = set()
        self._fitting = False
        self._more = _MoreButton(self)
        self._more.clicked.connect(self._on_more)
        self.setCornerWidget(self._more, Qt.Corner.TopRightCorner)
        self._more.hide()
        for page, title in pages:
            self.addTab(page, title)
        # A page that shows for the first time has its own size only later: laid out before, it would make the window higher.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._fit)
        self.currentChanged.connect(self._later.start)
        bar.laid_out.connect(self._later.start)
        bar.stepped.connect(self._on_stepped)

    def offer(self, page: QWidget, offered: bool) -> None:
        """Have the tab of a page, or not."""
        if self.is_offered(page) != offered:
            if offered:
                self._withheld.discard(page)
            else:
                self._withheld.add(page)
            self._fit()

    def is_offered(self, page: QWidget) -> bool:
        """Whether there is a tab of this page: its title shows, or is in the menu."""
        return page not in self._withheld

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Pages that are folded away need no room."""
        pages = self.currentWidget()
        if pages is None or pages.isVisibleTo(self):
            return super().minimumSizeHint()
        return QSize(self.tabBar().minimumSizeHint().width(), self.tabBar().sizeHint().height())

    def _fit(self) -> None:
        """Show as many titles as have room, and the rest in the menu."""
        if self._fitting:
            return
        self._fitting = True
        offered = [at for at in range(self.count()) if self.is_offered(self._page(at))]
        wide = {at: self.tabBar().tabSizeHint(at).width() for at in offered}
        shown, room = set(offered), self.width()
        if sum(wide.values()) > room:
            self._more.count_titles(1)
            room -= self._more.sizeHint().width()
            shown, current = set(), self.currentIndex()
            for at in sorted(offered, key=lambda at: (at != current, self.tabIcon(at).isNull(), at)):
                room -= wide[at]
                if room < 0 and at != current:
                    break
                shown.add(at)
        for at in range(self.count()):
            if self.isTabVisible(at) != (at in shown):
                self.setTabVisible(at, at in shown)
        self._more.count_titles(len(offered) - len(shown))
        self._fitting = False

    def _page(self, at: int) -> QWidget:
        page = self.widget(at)
        assert page is not None
        return page

    def _on_more(self) -> None:
        menu = QMenu(self._more)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for at in range(self.count()):
            if self.is_offered(self._page(at)) and not self.isTabVisible(at):
                action = menu.addAction(self.tabIcon(at), self.tabText(at))
                action.triggered.connect(partial(self._on_chosen, at))
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _on_chosen(self, at: int, _checked: bool = False) -> None:
        self.setCurrentIndex(at)
        self.open_requested.emit()

    def _on_stepped(self, step: int) -> None:
        """Go to the next title, whether it shows or is in the menu."""
        at = self.currentIndex() + step
        while 0 <= at < self.count():
            if self.is_offered(self._page(at)):
                self.setCurrentIndex(at)
                return
            at += step


class _MoreButton(QToolButton):
    """Opens the menu of the titles that have no room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tabs_more")
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setStyleSheet(
            "QToolButton { padding: 0 4px; border: 1px solid transparent; border-radius: 3px; }"
            "QToolButton:hover { background: palette(midlight); } QToolButton:focus { border-color: palette(highlight); }"
        )

    def sizeHint(self) -> QSize:
        """No higher than its letters, and so than the titles: it must not make the window higher."""
        return QSize(super().sizeHint().width(), self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def count_titles(self, count: int) -> None:
        """How many titles are in the menu."""
        text = f"{count} more ▾"
        if text != self.text():
            self.setText(text)
            self.setAccessibleName("1 more tab" if count == 1 else f"{count} more tabs")
        self.setVisible(count > 0)


class _TitleBar(QTabBar):
    """laid_out: titles or letters changed. stepped: a key asks for the next title (1) or the one before (-1)."""

    open_requested = Signal()
    laid_out = Signal()
    stepped = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        for arrow in self.findChildren(QToolButton):  # of a bar that is too narrow for a single title
            arrow.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def event(self, event: QEvent) -> bool:
        """The key of a title opens its page, also when it is the current one already."""
        done = super().event(event)
        if event.type() is QEvent.Type.Shortcut:
            self.open_requested.emit()
        return done

    def tabLayoutChange(self) -> None:
        self.laid_out.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Space and Down open the page; Left and Right go to the next title."""
        if event.key() in _OPENING:
            self.open_requested.emit()
            event.accept()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Right else -1)
            event.accept()
        else:
            super().keyPressEvent(event)
