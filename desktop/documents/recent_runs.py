"""The last kept runs, in the words in which menus and the empty page offer them. The window's thread."""

from itertools import islice

from desktop.chart.widgets.start_page import RecentRun
from desktop.facts.visible_text import visible
from workers.history.run_list import Entry, list_runs

RECENT_RUNS = 5
"""How many the empty page offers."""
_MOST_LOOKED = 20


def recent_runs() -> list[RecentRun]:
    """What the empty page offers."""
    return [RecentRun(str(entry.folder), run_words(entry)) for entry in over_runs(_MOST_LOOKED)[:RECENT_RUNS]]


def over_runs(most: int) -> list[Entry]:
    """The kept runs that are over, among this many of the newest, the newest first."""
    return [entry for entry in islice(list_runs({}), most) if not entry.running]


def run_words(entry: Entry) -> str:
    """A kept run in one line: its start, and its name or its plan or script."""
    started = "" if entry.started is None else f"{entry.started:%Y-%m-%d %H:%M:%S}  "
    return f"{started}{visible(entry.name or entry.title)}"
