"""``procession doctor``: what this machine has and lacks, and the entry in the desktop's menu. The main thread. No Qt."""

import json

from desktop.cli.usage import NOT_WRITTEN, Parser
from desktop.cli.verb import CommandLineVerb


def doctor(arguments: list[str]) -> int:
    """Carry out the command. Exit code 1 if something is missing. Raises DesktopEntryError."""
    parser = Parser(
        "procession doctor", allow_abbrev=False, description="Tell what there is on this machine, and what is missing."
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    entry = parser.add_mutually_exclusive_group()
    entry.add_argument(
        "--install-desktop-entry",
        action="store_true",
        help="put Procession into your desktop's menu and have it open saved runs (Linux)",
    )
    entry.add_argument("--remove-desktop-entry", action="store_true", help="take that away again")
    options = parser.parse_args(arguments)
    from desktop.cli.terminal import Terminal

    terminal = Terminal(quiet=True)
    if options.install_desktop_entry or options.remove_desktop_entry:
        from desktop.environment import desktop_entry

        done = desktop_entry.install() if options.install_desktop_entry else desktop_entry.remove()
        terminal.write("".join(f"{sentence}\n" for sentence in done))
        return 0
    from desktop.environment.doctor import examine, report, text

    found, missing = examine()
    terminal.write(json.dumps(report(found, missing), indent=2) + "\n" if options.json else text(found, missing))
    return NOT_WRITTEN if missing else 0


VERB = CommandLineVerb("doctor", "tell what there is on this machine, and what is missing", doctor)
