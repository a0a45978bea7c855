"""What the window remembers between starts: geometry, plan, theme. The window's thread.

QSettings keeps it as an INI file in the user's configuration folder. A value that cannot be used counts as absent.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QDir, QSettings

from desktop.look.palette import Setting
from workers.errors import PlanError
from workers.system.private_folders import is_own

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
        """The last plan."""
        from workers.plan.plan import Plan  # not needed before the first paint

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
        """The chosen theme: system, light or dark."""
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

    @property
    def high_contrast(self) -> bool:
        """Whether high contrast is chosen, also where the desktop does not ask for it."""
        return str(self._store.value("high_contrast", "false")).lower() == "true"

    @high_contrast.setter
    def high_contrast(self, wanted: bool) -> None:
        self._store.setValue("high_contrast", wanted)

    def layout(self, part: str) -> QByteArray | None:
        """The kept geometry or splitter state of a part of the window."""
        value = self._store.value(f"layout/{part}")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def keep_layout(self, part: str, state: QByteArray) -> None:
        """Keep a part's geometry or splitter state."""
        self._store.setValue(f"layout/{part}", state)

    def panel(self, name: str) -> tuple[bool | None, int]:
        """Whether a panel of the window is open, None where nothing is known, and its width or height in pixels, 0 for none."""
        is_open = self._store.value(f"panels/{name}_open")
        size = str(self._store.value(f"panels/{name}_px", "0"))
        known = str(is_open).lower()
        return (known == "true" if known in ("true", "false") else None), int(size) if size.isdecimal() else 0

    def keep_panel(self, name: str, is_open: bool, size_px: int) -> None:
        """Keep whether a panel is open, and its width or height."""
        self._store.setValue(f"panels/{name}_open", is_open)
        self._store.setValue(f"panels/{name}_px", size_px)

    @property
    def zoom(self) -> int:
        """How large the letters are, in percent of the desktop's."""
        kept = str(self._store.value("zoom", "100"))
        return int(kept) if kept.isdecimal() else 100

    @zoom.setter
    def zoom(self, percent: int) -> None:
        self._store.setValue("zoom", percent)

    @property
    def folder(self) -> Path:
        """The folder that every file dialog begins in: that of the last file that was opened or written, while it exists."""
        kept = str(self._store.value("folder", self._store.value("export_folder", "")))
        # Qt has a folder for a user without a home, too.
        return Path(kept if kept and Path(kept).is_dir() else QDir.homePath())

    def know_folder(self, of: str | Path) -> None:
        """Remember the folder of a file that was opened or written."""
        self._store.setValue("folder", str(Path(of).absolute().parent))

    @property
    def files(self) -> list[str]:
        """The last opened files, the newest first."""
        return self._list("files")

    def know_file(self, path: str) -> None:
        """Remember an opened file; the oldest one is forgotten."""
        self._store.setValue("files", [path, *(known for known in self.files if known != path)][:_MOST_FILES])

    def knows_script(self, path: str) -> bool:
        """Whether the user has agreed to run this script before. Not by a file that another user could have written."""
        return is_own(self._store.fileName()) and path in self._scripts()

    def know_script(self, path: str) -> None:
        """Remember a script that is run; the oldest one is forgotten."""
        self._store.setValue("scripts", [path, *(known for known in self._scripts() if known != path)][:_MOST_SCRIPTS])

    @property
    def clusters(self) -> list[str]:
        """The addresses of the clusters that the user agreed to watch, the newest first. Not from a file of another user."""
        return self._list("clusters") if is_own(self._store.fileName()) else []

    def knows_cluster(self, address: str) -> bool:
        """Whether the user has agreed to watch the cluster at this address before."""
        return address in self.clusters

    def know_cluster(self, address: str) -> None:
        """Remember a cluster that is watched; the oldest one is forgotten."""
        known = self._list("clusters")
        self._store.setValue("clusters", [address, *(one for one in known if one != address)][:_MOST_SCRIPTS])

    def trusts_cluster(self, address: str) -> bool:
        """Whether the user has agreed to run plans there before. Not by a file that another user could have written."""
        return is_own(self._store.fileName()) and address in self._list("trusted_clusters")

    def trust_cluster(self, address: str) -> None:
        """Remember a cluster that plans are run on; the oldest one is forgotten."""
        known = self._list("trusted_clusters")
        self._store.setValue("trusted_clusters", [address, *(one for one in known if one != address)][:_MOST_SCRIPTS])
        self._store.sync()  # what is not in the user's own file yet is not trusted

    def _scripts(self) -> list[str]:
        return self._list("scripts")

    def _list(self, name: str) -> list[str]:
        kept = self._store.value(name, [])
        return [str(path) for path in kept] if isinstance(kept, list) else [str(kept)]
