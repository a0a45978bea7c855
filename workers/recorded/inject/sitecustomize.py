"""Puts the probe into an interpreter that starts, and then removes every trace of itself.

Its folder is the first in PYTHONPATH of a recorded program, so that `site` imports it in the program and in every
Python that the program starts, before any code of the program. The C environment keeps the variables, so that children
inherit them; `os.environ` does not show them.
"""

import os
import sys


def _hide_settings(environ: "os._Environ[str]") -> "dict[str, str]":
    """Remove the run's settings from os.environ, and return them. What children inherit is unchanged."""
    data = environ._data  # type: ignore[attr-defined]
    taken = {}
    for name in ("PROCESSION_RUN", "PROCESSION_CACHE", "PROCESSION_WATCH", "PROCESSION_PYTHONPATH"):
        key = environ.encodekey(name)
        if key in data:
            taken[name] = environ.decodevalue(data.pop(key))
    key = environ.encodekey("PYTHONPATH")
    if "PROCESSION_PYTHONPATH" in taken:
        data[key] = environ.encodevalue(taken["PROCESSION_PYTHONPATH"])
    else:
        data.pop(key, None)
    return taken


def _is_sub_interpreter() -> bool:
    """Whether this is not the first interpreter of its process. `site` is imported in each of them."""
    import _signal  # type: ignore[import-not-found]

    try:
        _signal.set_wakeup_fd((1 << 31) - 1)  # refused: nowhere is there a descriptor of this number
    except ValueError:
        return True  # only the main interpreter gets as far as to look at the number
    except OSError:
        pass
    return False


def _load_probe(here: str, taken: "dict[str, str]") -> None:
    # Every interpreter has this loaded from its start. importlib.util would load modules that the program may not have.
    loader = sys.modules["_frozen_importlib_external"].SourceFileLoader(
        "_procession_probe", os.path.join(os.path.dirname(here), "probe.py")
    )
    probe = type(sys)("_procession_probe")
    probe.__file__ = loader.path
    exec(loader.get_code("_procession_probe"), probe.__dict__)
    settings = {name: value for name, value in taken.items() if name != "PROCESSION_PYTHONPATH"}
    settings["PYTHONPATH"] = here
    watch = [name for name in taken.get("PROCESSION_WATCH", "").split(",") if name]
    probe.activate(taken["PROCESSION_RUN"], taken.get("PROCESSION_CACHE", ""), watch, settings)


def _begin() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    # A .pth file can have put in objects that are no text: they are the program's, and nothing of theirs is called.
    sys.path[:] = [entry for entry in sys.path if type(entry) is not str or os.path.abspath(entry or ".") != here]
    taken = _hide_settings(os.environ)
    if "PROCESSION_RUN" not in taken:
        return
    before = set(sys.modules)
    if not _is_sub_interpreter():  # its process is recorded already
        path = sys.path[:]
        library = os.path.dirname(os.__file__)
        # In PYTHONPATH can be modules of the same names as those of Python that the probe imports.
        sys.path.sort(key=lambda entry: type(entry) is not str or not entry.startswith(library))
        try:
            _load_probe(here, taken)
        finally:
            sys.path[:] = path
        if sys.version_info < (3, 10):  # noqa: UP036 - the recorded program's Python, not ours
            # Without the module the functions that are registered there are lost, and the interpreter crashes at the exit.
            before.add("atexit")
    # The program finds loaded what it would find without the probe, which keeps references of its own.
    for name in set(sys.modules) - before:
        del sys.modules[name]


_begin()
sys.modules.pop("sitecustomize", None)
# The user's own, if there is one: `site` takes an ImportError of this name as its absence.
import sitecustomize  # type: ignore[import-not-found]  # noqa: E402, F401
