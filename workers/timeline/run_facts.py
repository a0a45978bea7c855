"""What is known of a run as a whole: its program, how far it is, how it ended, what is missing. Data only, any process."""

from dataclasses import dataclass, field

from workers.plan.plan import Plan
from workers.timeline.cluster.cluster_facts import ClusterFacts
from workers.timeline.model import EndedBy


@dataclass(eq=False, repr=False)
class RunFacts:
    """The facts of one run.

    plan: the plan that was run, None for a script.
    engine: what carried it out; local for a run that does not name it.
    argv, python, host: the program's command line, its Python version, its machine.
    started_at: wall clock, ISO 8601.
    memory_bytes, cores: what the machine had when the run began.
    submitted, collected: of a plan on a cluster, the numbers of the tasks that were submitted, and of those whose result was
        awaited to the end.
    step: the plan's step that the parent is at, from 0.
    waiting_for_person: the parent has done what the user asked for, and waits for more.
    now_ns: how far the run is known to have come; what has not ended is drawn up to here.
    ended: nothing more will come.
    exit_code: the program's.
    cut_ns: when the run began to be ended from outside the program, by Stop or a signal; None = it was not.
    ended_by: what had the keeper end the run; None = nothing did.
    cut_off: the recorder did not come to its own end.
    torn_records: records that were only partly written.
    unfinished_records: records that were begun in the last moment of a process that ended by itself, and not finished: as by
        a thread that its end cut off. They are not among torn_records.
    left_out_tasks: tasks that were not recorded, since the run had taken the disk that it may.
    dropped_output_bytes: printed bytes that are not shown here.
    cluster: what was seen of a cluster that was watched; None for a run on this machine.
    skipped_output_bytes: those among them that came too fast to show, and are kept in the run's folder.
    """

    plan: Plan | None = None
    argv: tuple[str, ...] = ()
    python: str = ""
    host: str = ""
    engine: str = "local"
    started_at: str = ""
    memory_bytes: int | None = None
    cores: int | None = None
    submitted: set[int] = field(default_factory=set)
    collected: set[int] = field(default_factory=set)
    step: int | None = None
    waiting_for_person: bool = False
    now_ns: int = 0
    ended: bool = False
    exit_code: int | None = None
    cut_ns: int | None = None
    ended_by: EndedBy | None = None
    cut_off: bool = False
    torn_records: int = 0
    unfinished_records: int = 0
    left_out_tasks: int = 0
    dropped_output_bytes: int = 0
    skipped_output_bytes: int = 0
    cluster: ClusterFacts | None = None
    warnings: list[str] = field(default_factory=list)
