"""Orphans: children that the kernel gave to the keeper because their own parents have ended. Runs in the keeper (Linux)."""

import os


def reap_orphans(program: int) -> None:
    """Reap the orphans that have ended. program: the keeper's own child, which is reaped elsewhere."""
    if not hasattr(os, "waitid"):
        return
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None or ended.si_pid == program:
            return
        os.waitpid(ended.si_pid, 0)


def has_children() -> bool:
    """Whether the keeper has any child: the program, or an orphan, running or not yet reaped."""
    if not hasattr(os, "waitid"):
        return False
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True
