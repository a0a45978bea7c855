"""What the window is made of, which is imported after its first paint: one module, so that it is said once.

Importing this takes longer than all that comes before the first paint. The window's thread.
"""

from PySide6.QtCore import Qt

from desktop import help_texts
from desktop.actions import Actions
from desktop.chart.keys import Action
from desktop.chart.verbs import VerbChoice
from desktop.closing import CloseQuestion
from desktop.command_palette import CommandPalette, timeline_commands, window_commands
from desktop.comparing import NO_RUN as NOTHING_TO_COMPARE
from desktop.comparing import Comparing
from desktop.control import abilities
from desktop.control.abilities import Ability
from desktop.control.session import Session
from desktop.history import History
from desktop.keeping import Keeping
from desktop.key_sheet import key_sheet
from desktop.marks import Marks
from desktop.opening import Opening, dropped_file
from desktop.palette import Palette, Setting
from desktop.panels.code import CodePanel
from desktop.panels.details import DetailsPanel
from desktop.panels.events import EventsPanel
from desktop.panels.findings import FindingsPanel
from desktop.panels.output import OutputPanel
from desktop.panels.plan import PlanPanel
from desktop.panels.processes import ProcessesPanel
from desktop.panels.script import ScriptPanel
from desktop.places import Places
from desktop.saving import NO_RUN, Saving
from desktop.selection import Selection
from desktop.source import Source
from desktop.theme import apply_theme, choose_palette
from desktop.toast import Toast
from desktop.trouble import make_dialog, write_log
from workers import status
from workers.estimate import look_at_machine
from workers.formats.opening import Opened
from workers.presets import first_plan
from workers.timeline import Timeline

__all__ = [
    "NOTHING_TO_COMPARE",
    "NO_RUN",
    "Ability",
    "Action",
    "Actions",
    "CloseQuestion",
    "CodePanel",
    "CommandPalette",
    "Comparing",
    "DetailsPanel",
    "EventsPanel",
    "FindingsPanel",
    "History",
    "Keeping",
    "Marks",
    "Opened",
    "Opening",
    "OutputPanel",
    "Palette",
    "Places",
    "PlanPanel",
    "ProcessesPanel",
    "Qt",
    "Saving",
    "ScriptPanel",
    "Selection",
    "Session",
    "Setting",
    "Source",
    "Timeline",
    "Toast",
    "VerbChoice",
    "abilities",
    "apply_theme",
    "choose_palette",
    "dropped_file",
    "first_plan",
    "help_texts",
    "key_sheet",
    "look_at_machine",
    "make_dialog",
    "status",
    "timeline_commands",
    "window_commands",
    "write_log",
]
