"""A person's script: what can be run, and the sentence for what cannot."""

import os
from pathlib import Path

import pytest

from workers.engines.script import Script
from workers.errors import PlanError


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "my work" / "träin.py"
    path.parent.mkdir()
    path.write_text("print('hi')\n")
    return path


def test_empty_texts_mean_the_usual(script: Path) -> None:
    made = Script.make(str(script))
    assert (made.path, made.arguments, made.folder, made.watch) == (script, (), script.parent, ())
    assert os.access(made.python, os.X_OK)


def test_arguments_are_taken_apart_as_a_shell_does(script: Path) -> None:
    made = Script.make(str(script), arguments="--epochs 3 'a b'", watch="model, history")
    assert made.arguments == ("--epochs", "3", "a b")
    assert made.watch == ("model", "history")
    assert made.title == "'träin.py' --epochs 3 'a b'"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"path": ""}, "Open a Python script first."),
        ({"path": "/no/such.py"}, "There is no file /no/such.py."),
        ({"path": "~no-such-user/a.py"}, f"There is no file {Path.cwd()}/~no-such-user/a.py."),
        ({"arguments": "'open"}, "These arguments cannot be split into words: no closing quotation."),
        ({"folder": "/no/such"}, "There is no folder /no/such."),
        ({"folder": "~no-such-user"}, f"There is no folder {Path.cwd()}/~no-such-user."),
        ({"python": "no-such-python"}, "no-such-python is not a program that can be run."),
        ({"watch": "a-b"}, "'a-b' is not the name of a global."),
    ],
)
def test_what_cannot_be_run_is_said_in_one_sentence(script: Path, changed: dict[str, str], sentence: str) -> None:
    with pytest.raises(PlanError) as caught:
        Script.make(**{"path": str(script), **changed})
    assert str(caught.value) == sentence
