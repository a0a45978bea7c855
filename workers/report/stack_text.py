"""Stacks as text for a terminal: equal ones once, with the threads that have them. Pure functions, any process."""

from collections.abc import Iterable, Sequence

from workers.analysis.waits import grouped
from workers.harmless_text import plain
from workers.timeline.stacks import ThreadStack

_MOST_NAMED = 4


def stacks_text(stacks: Sequence[tuple[str, ThreadStack]], problems: Iterable[str] = ()) -> str:
    """A paragraph for each different stack, and a line for each problem. stacks: with the name of the process of each."""
    paragraphs = []
    for group in grouped(stacks):
        named = [f"{process}, {thread}" if thread else process for process, thread in group.threads[:_MOST_NAMED]]
        more = len(group.threads) - _MOST_NAMED
        lines = [f"{group.head(len(stacks))}: {'; '.join(named)}{f'; and {more} more' if more > 0 else ''}"]
        lines += [f"    {frame.function}  {frame.file}:{frame.line}" for frame in group.frames]
        paragraphs.append("".join(plain(line) + "\n" for line in lines))
    tail = "".join(plain(problem) + "\n" for problem in dict.fromkeys(problems))
    return "\n".join([*paragraphs, tail] if tail else paragraphs)
