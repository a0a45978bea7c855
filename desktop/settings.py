"""What the window remembers between starts: geometry, plan, theme. The window's thread.

Kept by QSettings as an INI file in the person's configuration folder. Anything in it that cannot be used is as if absent.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings

from desktop.look.palette import Setting
from workers.errors import PlanError

if TYPE_CHECKING:
    from workers.plan.plan import Plan

_MOST_SCRIPTS = 200
_MOST_FILES = 10


class Settings:
    """Typed access to the settings file."""

    def __init__(self) -> None:
        self._store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "procession", "procession")

    @property
    def plan(self) -> "Plan | None":
        """The plan that was set last."""
        from workers.plan.plan import Plan  # the window is painted before it is needed

        text = self._store.value("plan", "")
        try:
            return Plan.from_json(str(text)) if text else None
        except PlanError:
            return None

    @plan.setter
    def plan(self, plan: "Plan") -> None:
        self._store.setValue("plan", plan.to_json())

    @property
    def theme(self) -> Setting:
        """system, light or dark."""
        match self._store.value("theme", "system"):
            case "light":
                return "light"
            case "dark":
                return "dark"
            case _:
                return "system"

    @theme.setter
    def theme(self, theme: Setting) -> None:
        self._store.setValue("theme", theme)

    def layout(self, part: str) -> QByteArray | None:
        """The kept geometry or splitter state of a part of the window."""
        value = self._store.value(f"layout/{part}")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def keep_layout(self, part: str, state: QByteArray) -> None:
        """Keep a part's geometry or splitter state."""
        self._store.setValue(f"layout/{part}", state)

    @property
    def export_folder(self) -> str:
        """Where the last picture went."""
        return str(self._store.value("export_folder", ""))

    @export_folder.setter
    def export_folder(self, folder: str) -> None:
        self._store.setValue("export_folder", folder)

    @property
    def open_folder(self) -> str:
        """Where the last file was opened."""
        return str(self._store.value("open_folder", ""))

    @open_folder.setter
    def open_folder(self, folder: str) -> None:
        self._store.setValue("open_folder", folder)

    @property
    def files(self) -> list[str]:
        """The files that were opened last, the newest first."""
        return self._list("files")

    def know_file(self, path: str) -> None:
        """Remember a file that was opened; the oldest give way."""
        self._store.setValue("files", [path, *(known for known in self.files if known != path)][:_MOST_FILES])

    def knows_script(self, path: str) -> bool:
        """Whether this script was run before, and its person told what that means."""
        return path in self._scripts()

    def know_script(self, path: str) -> None:
        """Remember a script that is run; the oldest give way."""
        self._store.setValue("scripts", [path, *(known for known in self._scripts() if known != path)][:_MOST_SCRIPTS])

    def _scripts(self) -> list[str]:
        return self._list("scripts")

    def _list(self, name: str) -> list[str]:
        kept = self._store.value(name, [])
        return [str(path) for path in kept] if isinstance(kept, list) else [str(kept)]
