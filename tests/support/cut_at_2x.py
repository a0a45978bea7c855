"""Prints the scale of the screen and what is cut in the window on it: a program, since a process has one scale."""

from PySide6.QtWidgets import QApplication

from desktop.settings import Settings
from desktop.window.main_window import MainWindow
from support import builders
from support.cut_texts import at_sizes, cut_texts
from support.windows import show_run

app = QApplication([])
window = MainWindow(Settings())
window.contents.views.load_chart()
window.show()
found = [text for _ in at_sizes(window, ((900, 510), (1280, 800))) for text in cut_texts(window)]
show_run(window, builders.joined_run(4))
found += [text for _ in at_sizes(window, ((900, 510), (1280, 800))) for text in cut_texts(window)]
print(window.devicePixelRatioF(), found)
window.close()
