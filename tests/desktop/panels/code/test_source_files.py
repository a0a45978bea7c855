"""Which files the Code panel reads, and what it says of others."""

import os
from pathlib import Path

import pytest

from desktop.panels.code.source_files import read_source, same_file
from workers.plan.listing import Listing


def text_of(path: Path) -> str:
    found = read_source(str(path))
    assert isinstance(found, Listing), found
    assert found.path == str(path)
    return found.text


def test_a_file_is_read_in_its_own_encoding_and_with_plain_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "old.py"
    path.write_bytes("# coding: latin-1\r\nname = 'J\xfcrgen'\r\n".encode("latin-1"))
    assert text_of(path) == "# coding: latin-1\nname = 'J\xfcrgen'\n"
    path.write_bytes(b"\xef\xbb\xbfx = 1\n")
    assert text_of(path) == "x = 1\n"
    path.write_bytes(b"x = '\xff\0'\n")
    assert text_of(path) == "x = '\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}'\n"


@pytest.mark.skipif(os.name != "posix", reason="named pipes and devices")
def test_what_is_no_plain_file_is_not_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.py"
    os.mkfifo(pipe)
    assert read_source(str(pipe)) == "pipe.py cannot be shown: it is no plain file."  # opening it would wait for ever
    assert read_source(str(tmp_path)) == f"{tmp_path.name} cannot be shown: it is no plain file."
    assert read_source("/dev/zero") == "zero cannot be shown: it is no plain file."


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("<string>", "<string> cannot be shown: the run does not tell its folder."),
        ("/no/such/app.py", "app.py cannot be shown: it is not on this machine any more."),
        ("/tmp/a\0b.py", "a\0b.py cannot be shown: no file has such a name."),
    ],
)
def test_what_cannot_be_read_is_said(path: str, why: str) -> None:
    assert read_source(path) == why


def test_an_unknown_encoding_is_read_as_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "odd.py"
    path.write_bytes(b"# coding: klingon\nx = '\xc3\xbc'\n")
    assert text_of(path) == "# coding: klingon\nx = '\xfc'\n"


def test_one_file_may_be_written_in_two_ways() -> None:
    assert same_file("/home/me/./app.py", "/home/me/app.py")
    assert not same_file("", "")
    assert not same_file("/home/me/app.py", "/home/you/app.py")
