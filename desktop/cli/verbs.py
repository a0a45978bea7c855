"""The verbs of the command line. A new verb is one file and one line here.

A verb's module is imported only when it is used, since a recorded script has to begin as soon as it would alone.
"""

from importlib import import_module

from desktop.cli.verb import CommandLineVerb

_MODULES = {
    "run": "desktop.cli.run_command",
    "record": "desktop.cli.record_command",
    "report": "desktop.cli.report_command",
    "export": "desktop.cli.export_command",
    "watch": "desktop.cli.clusters.watch_command",
    "sweep": "desktop.cli.sweep_command",
    "lessons": "desktop.cli.lessons_command",
    "stacks": "desktop.cli.stacks_command",
    "doctor": "desktop.cli.doctor_command",
}
"""The module of each verb, in the order of the usage text. Its `VERB` is the verb."""


def find_verb(name: str) -> CommandLineVerb | None:
    """The verb of this name, if there is one."""
    module = _MODULES.get(name)
    if module is None:
        return None
    verb: CommandLineVerb = import_module(module).VERB
    return verb


def verb_names() -> list[str]:
    """The names of all verbs."""
    return list(_MODULES)


def verbs() -> list[CommandLineVerb]:
    """All verbs. Imports the modules of all of them."""
    return [verb for name in _MODULES if (verb := find_verb(name)) is not None]
