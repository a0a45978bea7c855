"""What a person has selected: it travels from any view to every other one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """One thing of a run. process: its id. at_ns: the moment pointed at. Then at most one of: call (id), line (an output
    line's number), phase (a workers.model.SpanKind of the process's own life); none of them means the whole process."""

    process: int
    at_ns: int | None = None
    call: int | None = None
    line: int | None = None
    phase: int | None = None
