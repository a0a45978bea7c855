"""What the Tasks panel says where there is nothing to list. Pure functions without Qt."""

from workers.timeline.timeline import Timeline

NO_RUN = "No run yet."
NO_TASKS = "No task in this run. Tasks are what a Pool or an executor runs for map() or submit()."
NO_TASKS_YET = "No task yet. Tasks are what a Pool or an executor runs for map() or submit()."
NO_SPANS = "No span in this trace."


def nothing_to_list(timeline: Timeline | None, *, spans: bool) -> str:
    """Why there is nothing to list; empty if there is something."""
    if timeline is None:
        return NO_RUN
    if spans:
        return "" if any(len(track.spans) for track in timeline.tracks) else NO_SPANS
    return "" if len(timeline.tasks) else NO_TASKS if timeline.ended else NO_TASKS_YET
