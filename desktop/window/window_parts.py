"""The parts of the window that several others need, in one value. The window's thread."""

from dataclasses import dataclass

from PySide6.QtWidgets import QMainWindow

from desktop.control.session import Session
from desktop.documents.document import Document
from desktop.window.actions import Actions
from desktop.window.run_target import RunTarget
from desktop.window.views import Views
from desktop.window.window_layout import WindowLayout


@dataclass(frozen=True, slots=True)
class WindowParts:
    """actions: what can be pressed. layout: columns, tabs and status bar. views: the panels and the chart. document: what they
    show. session: the run that is still running, or ran last. target: what Start would run."""

    window: QMainWindow
    actions: Actions
    layout: WindowLayout
    views: Views
    document: Document
    session: Session
    target: RunTarget
