"""The search through the arguments of a trace, to its end."""

import numpy as np
from numpy.typing import NDArray

from workers.timeline.tracks import EventArguments


def found_in(
    arguments: EventArguments | None, words: str, shares: list[float] | None = None
) -> NDArray[np.uint32] | None:
    """The events with these words in their arguments; None where there are none. shares: gets the shares that are done.

    Raises OpenError where the arguments cannot be searched.
    """
    if arguments is None:
        return None
    steps = arguments.containing(words)
    while True:
        try:
            share = next(steps)
        except StopIteration as end:
            found: NDArray[np.uint32] = end.value
            return found
        if shares is not None:
            shares.append(share)
