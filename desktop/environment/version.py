"""The version of Procession, and whether its Python and PySide6 work together. Any process and thread. No Qt."""

from workers.installed_version import installed_version, version

__all__ = ["bad_pair", "refusal", "version"]


def refusal() -> str | None:
    """Why the window cannot run on this Python with this PySide6, in one sentence; None if it can.

    PySide6 6.12.0 on CPython below 3.12 drops a reference to True at every emit, and the interpreter aborts after some
    hundreds of them.
    """
    import sys

    found = installed_version("PySide6-Essentials")
    if found is None:
        return "PySide6 is not installed: install Procession with its dependencies, as its README says."
    return bad_pair(found, sys.version_info[:2])


def bad_pair(pyside: str, python: tuple[int, int]) -> str | None:
    """The sentence for a pair of versions that crashes; None for any other."""
    parts = tuple(int(part) for part in pyside.split(".")[:2] if part.isdigit())
    if python < (3, 12) and parts >= (6, 12):
        return (
            f"PySide6 {pyside} crashes on Python {python[0]}.{python[1]}: "
            'install "PySide6-Essentials<6.12", or use Python 3.12 or newer.'
        )
    return None
