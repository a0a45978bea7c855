"""The slots of one kind as numpy columns. Pure; any process and thread."""

from typing import Any

import numpy as np

from workers.journal.slot_layout import layout_of
from workers.journal.slots import Slots
from workers.recorded.probe import SLOT

_FEW = 16
"""So many slots are looked at one by one sooner than as a column."""


def latest_time(slots: Slots) -> int:
    """The latest time of any of these slots, of which there is one at least."""
    return slots.latest_ns if len(slots) < _FEW else int(np.frombuffer(slots.data, "<i8")[1::8].max())


def columns_of(record_type: type) -> np.dtype[Any]:
    """The layout of a record type's slots as a numpy type."""
    fields = layout_of(record_type).fields
    return np.dtype(
        {
            "names": [field.name for field in fields],
            "formats": [np.dtype(f"<{field.place.code}") for field in fields],
            "offsets": [field.place.offset for field in fields],
            "itemsize": SLOT,
        }
    )
