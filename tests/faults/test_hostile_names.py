"""Names of files, processes and functions that a terminal or a display would act on: nothing of them comes out as it is."""

import json
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest
from PySide6.QtCore import QAbstractListModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTabWidget, QWidget
from pytestqt.qtbot import QtBot
from support.builders import threaded_run
from support.commands import PROCESSION, Done, at_once
from support.windows import opened, show_run

from desktop.cli.command_line import main
from desktop.facts.selection import (
    CallSelection,
    LineSelection,
    ProcessSelection,
    SpanSelection,
    TaskSelection,
    TrackSelection,
)
from workers.formats.csv_table import table
from workers.timeline.model import Bookmark, Watched
from workers.timeline.timeline import Timeline

HOSTILE = "a\x1b]0;title\x07\x1b[2J\u202eb\u2066c\x9b31m\r\nprocession: Forged.\x7f\u200f"
FAMILY = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"


def harmful(text: str, allowed: str = "\n") -> set[str]:
    """The characters of a text that a terminal or a display acts on."""
    joined = re.sub("(?<=[\U0001f000-\U0001faff])\u200d(?=[\U0001f000-\U0001faff])", "", text)
    return {
        f"U+{ord(one):04X}" for one in joined if one not in allowed and category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    }


def hostile_trace(path: Path) -> Path:
    """A trace in which everything that can be named has a hostile name."""
    head = {"pid": HOSTILE, "tid": HOSTILE}
    name = f"{FAMILY}{HOSTILE}"
    events: list[dict[str, Any]] = [
        {"ph": "M", "name": "process_name", **head, "args": {"name": name}},
        {"ph": "M", "name": "thread_name", **head, "args": {"name": name}},
        *({"ph": "X", "name": name, **head, "ts": at, "dur": 5} for at in range(0, 100, 10)),
        {"ph": "i", "name": name, **head, "ts": 3}, {"ph": "C", "name": name, **head, "ts": 4, "args": {HOSTILE: 1}},
        {"ph": "b", "cat": HOSTILE, "id": 1, "name": name, **head, "ts": 1}, {"ph": HOSTILE, **head, "ts": 1},
        {"ph": "s", "id": HOSTILE, "name": name, **head, "ts": 1}, {"ph": "f", "id": HOSTILE, "name": name, **head, "ts": 9},
    ]  # fmt: skip
    path.write_text(json.dumps(events))
    return path


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """What every verb says, given hostile names wherever it takes one."""
    folder = tmp_path_factory.mktemp("hostile") / HOSTILE
    folder.mkdir()
    trace = hostile_trace(folder / f"{HOSTILE}.json")
    script = folder / f"{HOSTILE}.py"
    script.write_text("import multiprocessing, sys\nif __name__ == '__main__':\n"
                      "    child = multiprocessing.Process(target=print, name=sys.argv[1])\n"
                      "    child.start()\n    child.join()\n    sys.exit(3)\n")  # fmt: skip
    no_trace = folder / "no trace"
    no_trace.write_text("no")
    at, missing = str(trace), str(folder / "missing")
    commands = {
        "unknown": [HOSTILE], "no run": [str(no_trace)], "missing": ["report", missing], "report": ["report", at],
        "json": ["report", "--json", at], "against": ["report", at, "--against", at], "wrong": ["report", at, HOSTILE],
        "export": ["export", at, str(folder / "out.csv"), str(folder / "out.json")],
        "suffix": ["export", at, f"{at}.{HOSTILE}"], "option": ["run", f"--{HOSTILE}"],
        "no folder": ["export", at, f"{missing}/out.csv"], "folder": ["export", at, str(folder)],
        "value": ["run", "--workers", HOSTILE], "run": ["run", "--sizes", "10", "-o", str(folder / "run.csv")],
        "no script": ["record", missing], "record": ["record", "-o", str(folder / "rec.csv"), "--", str(script), HOSTILE],
        "record json": ["record", "--json", str(script), HOSTILE], "doctor": ["doctor"], "doctor json": ["doctor", HOSTILE],
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("STATE", "CONFIG", "CACHE"):
            patch.setenv(f"XDG_{kind}_HOME", str(folder / kind))
        recorded = {name: words for name, words in commands.items() if words[0] in ("run", "record")}
        done = at_once([[*PROCESSION, *words] for words in recorded.values()], limit_s=110)
        here = {name: _carried_out(words) for name, words in commands.items() if name not in recorded}
    return {**dict(zip(recorded, done, strict=True)), **here}


def _carried_out(words: list[str]) -> Done:
    """What a command that starts nothing says, in this process."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = main(words)
    return Done(code, out.getvalue().encode(), err.getvalue())


def test_no_verb_passes_a_hostile_name_on_to_the_terminal(said: dict[str, Done]) -> None:
    for name, done in said.items():
        assert not harmful(done.out.decode() + done.err), (name, done)
        assert not re.search("(?m)^procession: Forged", done.out.decode() + done.err), (name, done)
        assert "Traceback" not in done.err, (name, done)


def test_every_verb_was_carried_out(said: dict[str, Done]) -> None:
    codes = {name: done.code for name, done in said.items()}
    refused = dict.fromkeys(("unknown", "no run", "missing", "wrong", "suffix", "no folder", "folder", "option", "value",
                             "no script", "doctor json"), 2)  # fmt: skip
    assert codes == {**dict.fromkeys(codes, 0), **refused, "doctor": codes["doctor"], "record": 3, "record json": 3}
    assert FAMILY in said["report"].out.decode()
    assert said["export"].err.count("Saved") == 2


def hostile_run() -> Timeline:
    """A recorded run in which everything that can be named has a hostile name."""
    timeline = threaded_run()
    for process in timeline.processes:
        process.name = f"{HOSTILE}{FAMILY}"
        process.error = HOSTILE
    for call in timeline.calls:
        call.file = call.error = HOSTILE
    timeline.warnings.append(HOSTILE)
    timeline.tasks.names.number(HOSTILE)
    timeline.add_line(2, "stdout", 5_000_000, HOSTILE)
    timeline.watched.append(Watched(2, HOSTILE, 6_000_000, HOSTILE, HOSTILE))
    timeline.bookmarks.append(Bookmark(7_000_000, HOSTILE))
    return timeline


def shown(widget: QWidget) -> Iterator[tuple[str, str]]:
    """(what it is, the text) of all that a widget and those in it show or tell an assistive program."""
    for one in (widget, *widget.findChildren(QWidget)):
        if one.objectName() == "script_path":
            continue  # the user edits the path itself
        name = f"{type(one).__name__} {one.objectName()}"
        for what in ("windowTitle", "toolTip", "statusTip", "accessibleName", "accessibleDescription", "text", "toPlainText",
                     "informativeText", "detailedText", "labelText", "placeholderText"):  # fmt: skip
            get = getattr(one, what, None)
            if callable(get):
                yield f"{name}.{what}", get()
        for action in one.actions():
            yield f"{name} action", f"{action.text()} {action.toolTip()} {action.iconText()}"
        if isinstance(one, QTabWidget):
            yield from ((f"{name} tab", one.tabText(at) + one.tabToolTip(at)) for at in range(one.count()))
        if isinstance(one, QAbstractItemView) and (model := one.model()) is not None:
            columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
            for row in range(min(model.rowCount(), 40)):
                for column in range(columns):
                    for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole,
                                 Qt.ItemDataRole.AccessibleDescriptionRole):  # fmt: skip
                        value = model.index(row, column).data(role)
                        if isinstance(value, str):
                            yield f"{name} item {column} {role.name}", value


def all_shown() -> dict[str, str]:
    """What is harmful of all that the open windows show, by where it is."""
    found = [text for top in QApplication.topLevelWidgets() for text in shown(top)]
    assert len(found) > 500
    return {where: text for where, text in found if harmful(text, "\n\t")}


@pytest.mark.qt_log_ignore("does not support", extend=True)  # offscreen, of a window that is raised over another
def test_no_view_or_dialog_shows_a_hostile_name_as_it_is(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / HOSTILE
    folder.mkdir()
    trace = hostile_trace(folder / f"{HOSTILE}.json")
    script = folder / f"{HOSTILE}.py"
    script.write_text("import time")
    with opened(qtbot) as window:
        contents, chart = window.contents, window.contents.views.chart
        for timeline in (hostile_run(), None):
            if timeline is None:
                with qtbot.waitSignal(contents.opening.opened):
                    contents.open_file(str(trace))
                timeline = contents.document.timeline
                assert timeline is not None
                selections = [TrackSelection(1, track=timeline.tracks[0].id), SpanSelection(1, 0, track=1, span=0)]
            else:
                show_run(window, timeline)
                call = timeline.calls[0]
                selections = [
                    ProcessSelection(2),
                    CallSelection(2, call.began_ns, call=call.id),
                    TaskSelection(2, 0, task=1),
                ]
                selections += [LineSelection(2, 0, line=timeline.lines[-1].number)]
            for at in range(contents.layout.tabs.count()):
                contents.layout.tabs.setCurrentIndex(at)
                assert not all_shown(), contents.layout.tabs.tabText(at)
            for selection in [*selections, None]:
                chart.choose(selection)
                assert not all_shown(), selection
        contents.open_script(str(script))
        assert not all_shown()
        for action in (
            contents.actions.start,
            contents.actions.history,
            contents.actions.commands,
            contents.actions.keys,
        ):
            action.trigger()
            QApplication.processEvents()
            assert not all_shown(), action.text()
        contents.opening.failed.emit(HOSTILE, HOSTILE)
        contents.toast.say(HOSTILE)
        contents.layout.say(HOSTILE)
        contents.comparing.files(trace, trace)
        qtbot.waitUntil(lambda: bool(contents.comparing.comparisons))
        QApplication.processEvents()
        assert not all_shown()
        contents.saving.export_to(folder / f"{HOSTILE}.nothing")
        assert contents.saving.export_to(folder / f"{HOSTILE}.svg")
        assert not all_shown()
        assert not harmful((folder / f"{HOSTILE}.svg").read_text(), "\n\t")


def test_a_table_has_no_hostile_name_as_it_is() -> None:
    text = table(hostile_run()).decode()
    assert FAMILY in text
    assert not harmful(text, "\r\n\t")
