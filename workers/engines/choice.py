"""The engines that there are, and the one that carries out a run. A new engine is one file and one line here."""

from workers.engines.cluster.dask_engine import DaskEngine
from workers.engines.engine import Engine, Runnable
from workers.engines.forked_keeper import ForkedKeeper
from workers.engines.local_engine import LocalEngine
from workers.engines.programs import Program
from workers.errors import PlanError

_ENGINES = {engine.name: engine for engine in (LocalEngine, DaskEngine)}


def make_engine(
    what: Runnable,
    *,
    engine: str = "",
    straight: bool = True,
    whole: bool = False,
    disk_limit: int | None = None,
    waiting: ForkedKeeper | None = None,
) -> Engine:
    """An engine for one run, not yet started. Raises PlanError for a name that no engine has.

    engine: its name; empty for that which a plan names, and for this machine where `what` names none.
    straight: a plan does all its steps at once and takes no commands.
    whole: `take` gives every printed byte. Otherwise it skips to the newest when it cannot keep up.
    disk_limit: the most bytes of disk that the run may take; None for the user's setting.
    waiting: a fork of this process that waits to become the keeper of a command; see `forked_keeper.wait_for_launch`.
    """
    name = engine or _named_by(what)
    chosen = _ENGINES.get(name)
    if chosen is None:
        raise PlanError(f"There is no engine {name}: there is {', '.join(_ENGINES)}.")
    return chosen(what, straight=straight, whole=whole, disk_limit=disk_limit, waiting=waiting)


def _named_by(what: Runnable) -> str:
    """The name of the engine that a plan names; this machine for all else. A recorded command loads no plans to know that."""
    engine: str = LocalEngine.name if isinstance(what, Program) else getattr(what, "engine", LocalEngine.name)
    return engine.partition("=")[0]
