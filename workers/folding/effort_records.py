"""What the work of processes cost beside their tasks, from their own records. Runs where the timeline is."""

from collections.abc import Mapping

from workers.folding.run_clock import RunClock
from workers.journal.process_kinds import MessageReceived, MessageSent, ModuleImported, ResultsWait
from workers.timeline.model import Process
from workers.timeline.tasks.effort import Import, ResultsWaiting, Way
from workers.timeline.timeline import Timeline

_MOST_IMPORTS = 1000
_MOST_BYTES = 1 << 50
"""A damaged journal can name any number."""


class EffortRecords:
    """Adds imports, big messages and waiting results to a timeline."""

    def __init__(self, timeline: Timeline, clock: RunClock) -> None:
        self._timeline = timeline
        self._clock = clock

    def take(
        self,
        record: ResultsWait | MessageSent | MessageReceived | ModuleImported,
        process: Process,
        texts: Mapping[int, str],
    ) -> None:
        """A record of a process."""
        effort, since = self._timeline.effort_of(process.id), self._clock.since_start
        at_ns = since(record.clock_ns)
        match record:
            case ModuleImported():
                name = texts.get(record.name_text, "?")
                load = Import(name, at_ns, max(at_ns, since(record.ended_clock_ns)), bool(record.other_thread))
                if name == "__main__":
                    effort.main = load
                elif len(effort.imports) < _MOST_IMPORTS:
                    effort.imports.append(load)
            case ResultsWait():
                effort.results_waiting.append(ResultsWaiting(at_ns, record.job, max(0, record.results)))
            case MessageSent() | MessageReceived():
                if isinstance(record, MessageSent):
                    way, middle_ns, ended_ns = Way.SENT, record.pickled_clock_ns, record.sent_clock_ns
                else:
                    way, middle_ns, ended_ns = Way.RECEIVED, record.read_clock_ns, record.unpickled_clock_ns
                middle = max(at_ns, since(middle_ns))
                ended = since(ended_ns)
                size = min(max(0, record.size_bytes), _MOST_BYTES)
                effort.messages.append((way, at_ns, middle, max(middle, ended), size, bool(record.other_thread)))
