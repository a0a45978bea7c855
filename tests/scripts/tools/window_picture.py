"""Makes the README's picture: runs the window offscreen, presses Start and Join, and grabs it while the parent waits.

Usage: python tests/scripts/tools/window_picture.py OUT.png [light|dark [SIZES]]
"""

import os
import sys
import tempfile

os.environ["QT_QPA_PLATFORM"] = "offscreen"
for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
    os.environ[name] = tempfile.mkdtemp(prefix="procession-")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop.settings import Settings
from desktop.window.main_window import MainWindow
from desktop.window.window_frame import SIZE_PX
from workers.plan.plan import Plan
from workers.plan.sizes import parse_size
from workers.timeline.model import CallName


def main() -> int:
    """Exit code 0 once the picture is written."""
    out, theme, sizes = (*sys.argv[1:], *("window.png", "light", "1M,7M,4M,2M")[len(sys.argv) - 1 :])
    app = QApplication(sys.argv[:1])
    settings = Settings()
    settings.theme = "dark" if theme == "dark" else "light"
    settings.plan = Plan.make([parse_size(size) for size in sizes.split(",")])
    window = MainWindow(settings)
    window.resize(*SIZE_PX)  # the screen that is not there counts as a small one
    window.show()
    window.contents.views.load_chart()
    session = window.contents.session

    def look() -> None:
        timeline = session.timeline
        if timeline is None:
            return
        if timeline.waiting_for_person:
            session.join()
        joins = [call for call in timeline.calls if call.name is CallName.JOIN]
        waited = timeline.now_ns - joins[-1].began_ns if joins else 0
        if len(joins) >= 2 and waited > 1_500_000_000 and joins[-1].ended_ns is None:
            window.grab().save(out)
            clock.stop()
            session.ended.connect(app.quit)
            session.stop()

    clock = QTimer()
    clock.setInterval(20)
    clock.timeout.connect(look)
    clock.start()
    window.contents.actions.start.trigger()
    app.exec()
    session.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
