"""Words are found wherever a run says them."""

import numpy as np
from support.builders import MS, SECOND, joined_run, threaded_run, traced_run

from workers.analysis.search import MatchKind, find
from workers.timeline.model import Bookmark
from workers.timeline.timeline import Timeline


def found(timeline: Timeline, words: str) -> list[tuple[MatchKind, int, int]]:
    all_of = find(timeline, words)
    assert np.all(all_of.t[1:] >= all_of.t[:-1])
    return [(MatchKind(what), of, ref) for what, of, ref in zip(all_of.what.tolist(), all_of.of.tolist(),
                                                           all_of.ref.tolist(), strict=True)]  # fmt: skip


def test_processes_by_name_pid_state_and_end() -> None:
    run = joined_run(3, exit_codes={2: -9})
    assert found(run, "process-2") == [(MatchKind.PROCESS, 3, 3)]
    assert found(run, "1003") == [(MatchKind.PROCESS, 4, 4)]
    assert found(run, "sigkill") == [(MatchKind.PROCESS, 3, 3)]
    assert len(found(run, "JOINED")) == 3
    assert len(found(run, "worker")) == 3
    assert found(joined_run(3, exit_codes={3: 5}), "exit 5") == [(MatchKind.PROCESS, 4, 4)], "as its header says it"


def test_lines_and_marks_by_time() -> None:
    run = joined_run(2)
    run.bookmarks = [Bookmark(10 * SECOND, "Function or so")]
    hits = found(run, "function")
    assert [what for what, *_ in hits] == [MatchKind.LINE, MatchKind.LINE, MatchKind.BOOKMARK]
    assert hits[0] == (MatchKind.LINE, 2, run.lines[-2].number)


def test_tasks_by_name_and_by_what_they_raised() -> None:
    run = joined_run(2)
    for at in range(3):
        run.finish_task(run.begin_task(2, "square", at * MS), at * MS + 1, "ValueError" if at == 1 else None)
    run.begin_task(3, "cube", 0)
    assert found(run, "squ") == [(MatchKind.TASK, 2, 1), (MatchKind.TASK, 2, 2), (MatchKind.TASK, 2, 3)]
    assert found(run, "valueerror") == [(MatchKind.TASK, 2, 2)]


def test_no_words_find_nothing_and_neither_do_words_that_nobody_said() -> None:
    run = joined_run(2)
    assert found(run, "  ") == found(run, "nobody said this") == []
    assert found(Timeline(), "x") == []


def test_a_thread_is_found_by_its_name_as_its_tasks() -> None:
    run = threaded_run(threads=2, tasks=2)
    assert sorted(found(run, "pool_1")) == [(MatchKind.TASK, 1, 3), (MatchKind.TASK, 1, 4)]
    assert len(found(run, "fetch")) == 4


def test_spans_and_instants_of_a_trace_by_name_and_by_their_track() -> None:
    run = traced_run(2)
    names = [run.names[int(at)] for track in run.tracks for at in (*track.spans.name, *track.mark_name)]
    for name in set(names):
        assert len(found(run, name)) >= names.count(name) > 0
    instants = [(MatchKind.INSTANT, track.id, at) for track in run.tracks for at in range(len(track.mark_t))]
    assert len(instants) == 2
    assert found(run, "mark") == instants
    track = run.tracks[0]
    assert len(found(run, track.name)) >= len(track.spans) + len(track.mark_t)
