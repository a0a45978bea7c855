"""What a person sees and touches: the window and the command line."""


def has_memory(count: int) -> bool:
    """Whether so many bytes more may be taken, as `ulimit -v` counts them. None of them is touched."""
    try:
        bytes(count)
    except MemoryError:
        return False
    return True
