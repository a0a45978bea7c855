"""The panels of the window, one entry each: a new panel is a `RunPanel` in a file of its own and an entry here."""

from dataclasses import dataclass

from desktop.panels.code.code_panel import CodePanel
from desktop.panels.details.details_panel import DetailsPanel
from desktop.panels.events.events_panel import EventsPanel
from desktop.panels.findings.findings_panel import FindingsPanel
from desktop.panels.interval.interval_panel import IntervalPanel
from desktop.panels.output.output_panel import OutputPanel
from desktop.panels.processes.processes_panel import ProcessesPanel
from desktop.panels.run_panel import RunPanel
from desktop.panels.stacks.stacks_panel import StacksPanel
from desktop.panels.sweep.sweep_panel import SweepPanel
from desktop.panels.tasks.tasks_panel import TasksPanel


@dataclass(frozen=True, slots=True)
class PanelEntry:
    """One panel.

    make: its class. title: the title of its tab, the letter of its key after &; empty for the panel that is a column of its
    own. stops: the object names of the widgets in it that the Tab key reaches, in order. hidden: whether it is refreshed
    while its tab is covered too, since the tab shows a count, or is there only when there is something in it.
    """

    make: type[RunPanel]
    title: str
    stops: tuple[str, ...]
    hidden: bool = False


# The letters of the keys must differ from those of the menus, of the plan's controls and of the panels' own controls.
PANELS = (
    PanelEntry(OutputPanel, "&Output", ("output_process", "output_search", "output")),
    PanelEntry(ProcessesPanel, "Pro&cesses", ("processes",)),
    PanelEntry(TasksPanel, "Tasks", ("tasks_filter", "tasks_longest", "tasks_durations", "tasks_names", "tasks")),
    PanelEntry(IntervalPanel, "Interval", ("interval",)),
    PanelEntry(CodePanel, "Co&de", ("code_back", "code_copy", "code_save", "code")),
    PanelEntry(FindingsPanel, "Fi&ndings", ("findings_copy", "findings"), hidden=True),
    PanelEntry(EventsPanel, "Events", ("events_process", "events_search", "events")),
    PanelEntry(StacksPanel, "Stacks", ("stacks_look", "stacks"), hidden=True),
    PanelEntry(
        SweepPanel, "Sweep", ("sweep_workers", "sweep_repeats", "sweep_start", "sweep_stop", "sweep", "sweep_export")
    ),
    PanelEntry(DetailsPanel, "", ("details_copy", "details_text")),
)
"""In the order of their tabs."""
