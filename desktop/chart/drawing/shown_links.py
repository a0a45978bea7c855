"""Which arrows between lanes are drawn. Values only; the window's thread, or an export."""

from dataclasses import dataclass

from desktop.facts.clusters.traffic_facts import traffic_entry
from desktop.facts.selection import CallSelection, Selection, TrafficSelection
from workers.timeline.cluster.worker_traffic import Transfer
from workers.timeline.lanes import transfer_link
from workers.timeline.model import CallName, Link, LinkKind
from workers.timeline.timeline import Timeline

MOST_QUIET_LANES = 34
"""With more lanes than 32 workers and their parent make, only the arrows of the selection are drawn: more would hide the
lanes."""

MOST_QUIET_TRANSFERS = 40
"""With more transfers than this only the arrows of the selection are drawn."""

MOST_STRONG_LINKS = 300
"""A process that started more processes than this has no arrows of its own when it is selected."""


@dataclass(frozen=True, slots=True)
class ShownLinks:
    """quiet: drawn behind the bars. strong: drawn over them, for the selection."""

    quiet: tuple[Link, ...] = ()
    strong: tuple[Link, ...] = ()

    @classmethod
    def of(cls, timeline: Timeline, selection: Selection | None) -> "ShownLinks":
        """The arrows to show with this selection."""
        few = len(timeline.processes) <= MOST_QUIET_LANES
        quiet = (*timeline.links(), *_transfers(timeline, MOST_QUIET_TRANSFERS)) if few else ()
        return cls(quiet, cls._strong(timeline, selection))

    @staticmethod
    def _strong(timeline: Timeline, selection: Selection | None) -> tuple[Link, ...]:
        if selection is None or not selection.process:
            return ()
        if isinstance(selection, TrafficSelection):
            entry = traffic_entry(timeline, selection.process, selection.number)
            return tuple(transfer_link(entry)) if isinstance(entry, Transfer) else ()
        many = len(timeline.children_of(selection.process)) > MOST_STRONG_LINKS
        if many and not isinstance(selection, CallSelection):
            return ()  # the ticks below its bar show when it started and joined its children
        links = (*timeline.links_of(selection.process), *_transfers(timeline, MOST_STRONG_LINKS))
        return tuple(link for link in links if _touches(timeline, link, selection))


def _transfers(timeline: Timeline, most: int) -> tuple[Link, ...]:
    """The arrows of all transfers in a cluster, if there are no more than so many."""
    transfers = () if timeline.cluster is None else timeline.cluster.transfers
    return () if len(transfers) > most else tuple(link for one in transfers for link in transfer_link(one))


def _touches(timeline: Timeline, link: Link, selection: Selection) -> bool:
    if not selection.process:
        return False
    if not isinstance(selection, CallSelection):
        return selection.process in (link.from_process, link.to_process)
    call = timeline.call(selection.call)
    if call.name is CallName.JOIN:
        return link.kind is LinkKind.JOIN and link.from_process == call.process and link.to_ns == call.ended_ns
    return link.kind is LinkKind.START and link.to_process == call.process and call.name is CallName.START
