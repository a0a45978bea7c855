"""Puts the probe into an interpreter that starts, and takes every trace of itself away again.

Its folder stands first in PYTHONPATH of a recorded program, so `site` imports it in the program and in every Python that
the program starts. It runs there, before anything of the program. The C environment keeps the variables, so that children
inherit them; `os.environ` does not show them.
"""

import os
import sys


def _take_away(environ: "os._Environ[str]") -> "dict[str, str]":
    """The run's settings, taken from what the program can see without touching what its children will inherit."""
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


def _begin() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    taken = _take_away(os.environ)
    if "PROCESSION_RUN" not in taken:
        return
    before = set(sys.modules)
    # What every interpreter has loaded from its start: importlib.util would bring modules that the program may not have.
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
    if sys.version_info < (3, 10):  # noqa: UP036 - the recorded program's Python, not ours
        before.add("atexit")  # what is registered there is lost with the module, which then even crashes at the exit
    for name in set(sys.modules) - before:
        del sys.modules[name]  # the program finds loaded what it would alone; the probe keeps its own references


_begin()
sys.modules.pop("sitecustomize", None)
# The person's own, where there is one: `site` takes an ImportError of this name for its absence.
import sitecustomize  # type: ignore[import-not-found]  # noqa: E402, F401
