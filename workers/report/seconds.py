"""Times as the report has them. Pure."""


def seconds(ns: int | None) -> float | None:
    """Nanoseconds as seconds, to the nanosecond."""
    return None if ns is None else round(ns / 1e9, 9)
