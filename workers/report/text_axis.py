"""The time axis of a timeline of characters. Pure functions, any process."""


def axis(columns: int, end_ns: int) -> tuple[str, str]:
    """(a ruler with ticks, the seconds below the ticks), each of `columns` characters."""
    step_ns = _step_ns(end_ns, max(1, columns // 10))
    ruler, labels = ["─"] * columns, [" "] * columns
    digits = 0
    while step_ns % 10 ** (9 - digits) and digits < 9:
        digits += 1
    free = 0
    for at_ns in range(0, end_ns + 1, step_ns):
        column = min(columns - 1, at_ns * columns // end_ns)
        ruler[column] = "┴"
        label = f"{at_ns / 1e9:.{digits}f} s"
        if column >= free and column + len(label) <= columns:
            labels[column : column + len(label)] = label
            free = column + len(label) + 1
    return "".join(ruler), "".join(labels)


def _step_ns(end_ns: int, most: int) -> int:
    """The smallest of 1, 2, 5, 10 … ns that divides the time into at most `most` parts."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor * max(1, most) >= end_ns:
                return step * factor
        step *= 10
