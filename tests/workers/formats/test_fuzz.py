"""Both readers, given files that chance and malice made: each opens or is one sentence, and what opened can be reported, drawn
and exported. The same examples each time; `make fuzz` tries others."""

from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support.hostile_files import check, manifest_slots, runs, traces
from support.recording import recording, script

from workers.errors import OpenError
from workers.formats import saved_run
from workers.formats.opening import open_file
from workers.plan.plan import Plan, StartMethod, Workload
from workers.recorded.probe import HELLO, Journal
from workers.system.atomic_files import write_atomically

BOUNDED = settings(
    max_examples=120, derandomize=True, deadline=None, database=None, phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
METHOD = StartMethod.SPAWN


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Two true runs, saved: a plan's, and one with tasks."""
    folder = tmp_path_factory.mktemp("whole")
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        for what in (Plan.make([1000, 2000], Workload.SORT, METHOD), script("executors.py")):
            path = folder / f"{len(found)}.procession"
            with recording(what, whole=True) as live:
                live.finish()
                write_atomically(path, partial(saved_run.write, live.run.folder))
            found.append(path.read_bytes())
    return found


@pytest.mark.usefixtures("qapp")
def test_any_trace_opens_or_is_refused(tmp_path: Path) -> None:
    opened: list[bool] = []

    @BOUNDED
    @given(traces())
    def attempt(content: bytes) -> None:
        (tmp_path / "file").write_bytes(content)
        opened.append(check(tmp_path / "file", picture=len(opened) % 4 == 0))

    attempt()
    assert len(opened) >= 100
    assert 0.2 < sum(opened) / len(opened) < 0.95  # else it tries what is too wild, or too tame


@pytest.mark.usefixtures("qapp")
def test_any_saved_run_opens_or_is_refused(whole: list[bytes], tmp_path: Path) -> None:
    opened: list[bool] = []

    @BOUNDED
    @given(runs(whole))
    def attempt(content: bytes) -> None:
        (tmp_path / "file").write_bytes(content)
        opened.append(check(tmp_path / "file", picture=len(opened) % 4 == 0))

    attempt()
    assert len(opened) >= 100
    assert 0.2 < sum(opened) / len(opened) < 0.95


@settings(BOUNDED, max_examples=60)
@given(
    st.binary(max_size=200),
    st.sampled_from((b"", b"[", b"{", b"PK\x03\x04", b"\x1f\x8b", b"\xff\xfe", b"\xef\xbb\xbf[")),
)
def test_whatever_bytes_there_are(tmp_path_factory: pytest.TempPathFactory, content: bytes, first: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "file"
    path.write_bytes(first + content)
    check(path, picture=False)


def test_a_manifest_that_nests_without_end_is_damage_like_any_other(tmp_path: Path) -> None:
    """Found by the fuzz: the depth of a JSON text is an error of its own kind."""
    folder = tmp_path / "run"
    folder.mkdir()
    Journal(str(folder / "1-1.journal")).write(HELLO, t=1)
    (folder / "keeper.journal").write_bytes(manifest_slots(b"[" * 3000))
    with pytest.raises(OpenError, match="holds no run that can be read"):
        open_file(folder)
