"""The table of file formats: what it writes it opens again, as the same kind of file."""

from pathlib import Path

import pytest
from support.builders import joined_run

from workers.formats.all_formats import (
    FORMATS,
    format_for_suffix,
    format_of_content,
    opened_formats,
    written_formats,
    written_suffixes,
)
from workers.formats.opening import check_openable, open_file
from workers.formats.writing import write_run
from workers.system.atomic_files import ExportError


def test_titles_and_suffixes_are_given_once() -> None:
    suffixes = [suffix for each in FORMATS for suffix in each.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert all(suffix.startswith(".") and suffix.islower() for suffix in suffixes)
    assert len({each.title for each in FORMATS}) == len(FORMATS)
    assert {*written_suffixes()} == {".csv", ".json", ".json.gz", ".procession"}


def test_what_is_opened_can_be_recognized() -> None:
    assert [each for each in FORMATS if (each.recognizes is None) != (each.open is None)] == []
    assert {each.title for each in opened_formats()} == {"Saved run", "Chrome trace"}
    assert format_of_content(b"PK\x03\x04") is format_for_suffix(".procession")
    assert format_of_content(b' [{"ph":') is format_for_suffix(".json")
    assert format_of_content(b"id,name") is None


def test_no_other_suffix_is_known() -> None:
    with pytest.raises(LookupError):
        format_for_suffix(".png")


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_a_trace_is_opened_as_what_it_was_written_as(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"run{suffix}"
    write_run(path, suffix, joined_run(), None)
    check_openable(path)
    assert len(open_file(path).timeline.processes) == len(joined_run().processes)


def test_a_run_without_journals_is_written_in_every_other_format(tmp_path: Path) -> None:
    for each in written_formats():
        for suffix in each.suffixes:
            path = tmp_path / f"run{suffix}"
            if each is format_for_suffix(".procession"):
                with pytest.raises(ExportError, match="no journals of its own"):
                    write_run(path, suffix, joined_run(), None)
                assert not path.exists()
            else:
                write_run(path, suffix, joined_run(), None)
                assert path.stat().st_size > 0
