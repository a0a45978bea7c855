"""Times as the report has them. Pure."""


def seconds(ns: int | None) -> float | None:
    """Nanoseconds as seconds, to the nanosecond: no float is nearer to it than the quotient."""
    return None if ns is None else ns / 1e9
