"""The engines that there are, and the one that carries out a run. A new engine is one file and one line here."""

from workers.engines.engine import Engine, Runnable
from workers.engines.local_engine import LocalEngine
from workers.errors import PlanError

_ENGINES = {engine.name: engine for engine in (LocalEngine,)}


def make_engine(
    what: Runnable,
    *,
    engine: str = LocalEngine.name,
    straight: bool = True,
    whole: bool = False,
    disk_limit: int | None = None,
) -> Engine:
    """An engine for one run, not yet started. Raises PlanError for a name that no engine has.

    straight: a plan does all its steps at once and takes no commands.
    whole: `take` gives every printed byte. Otherwise it skips to the newest when it cannot keep up.
    disk_limit: the most bytes of disk that the run may take; None for the user's setting.
    """
    chosen = _ENGINES.get(engine)
    if chosen is None:
        raise PlanError(f"There is no engine {engine}: there is {', '.join(_ENGINES)}.")
    return chosen(what, straight=straight, whole=whole, disk_limit=disk_limit)
