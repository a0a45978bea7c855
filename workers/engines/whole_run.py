"""Everything that a run recorded, read at once. The thread that owns the engine."""

from workers.engines.engine import Engine, now_ns
from workers.folding.fold import Fold
from workers.timeline.timeline import Timeline


def timeline_of(engine: Engine) -> Timeline:
    """The whole timeline of a run that has ended. Waits for what is still on its way."""
    timeline = Timeline()
    fold = Fold(timeline)
    while not engine.over:
        fold.apply(engine.take())
    fold.finish(now_ns(), gone=engine.folder_deleted, failure=engine.result().failure)
    return timeline
