"""Starts the program of a run with the descriptors that it is to have. Runs in the keeper's main thread."""

import errno
import os
import signal
import subprocess
import time
from collections.abc import Callable
from functools import partial

from workers.errors import RunError
from workers.keeper import kernel_settings
from workers.keeper.launch import Launch, own_pidfd_id
from workers.keeper.launched_program import LaunchedProgram
from workers.keeper.streams.program_streams import ProgramStreams

_OURS = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM)


def launch_program(
    launch: Launch, streams: ProgramStreams, limits: kernel_settings.FileLimits | None
) -> LaunchedProgram:
    """Start the program, and keep no copy of what it inherits. Raises RunError with a sentence; OSError where the keeper itself
    lacks what it takes to start one, which says nothing about the program.

    limits: set in the program, since the keeper raised its own.
    """
    before_ns = time.perf_counter_ns()
    steps: list[Callable[[], object]] = [] if limits is None else [kernel_settings.child_setup(limits)]
    steps += _own_steps(launch)
    try:
        process = subprocess.Popen(
            launch.argv,
            env=None if launch.pid_variables or launch.pidfd_variables else launch.env,
            cwd=launch.cwd or None,
            stdin=streams.stdin,
            stdout=streams.stdout,
            stderr=streams.stderr,
            pass_fds=launch.descriptors,
            preexec_fn=_one_after_the_other(steps) if steps else None,
        )
    except OSError as error:
        if error.errno in _OURS:
            raise
        raise RunError(f"{launch.argv[0]} could not be started: {error.strerror}.") from error
    finally:
        streams.close_program_ends()
        for number in launch.descriptors:
            os.close(number)
    return LaunchedProgram(process, before_ns)


def _own_steps(launch: Launch) -> list[Callable[[], object]]:
    """What the new process does before it executes the program, as this launch asks for it."""
    steps: list[Callable[[], object]] = []
    if launch.pid_variables or launch.pidfd_variables:
        steps.append(partial(_set_environment, launch))
    if launch.streams is not None:
        steps += [partial(os.close, number) for number in launch.streams.closed]
    if launch.blocked:  # not by the keeper
        steps.append(partial(signal.pthread_sigmask, signal.SIG_SETMASK, launch.blocked))
    return steps


def _set_environment(launch: Launch) -> None:
    """The new process knows its own pid only now."""
    os.environ.clear()
    os.environ.update(launch.env)
    os.environ.update(dict.fromkeys(launch.pid_variables, str(os.getpid())))
    if launch.pidfd_variables:
        os.environ.update(dict.fromkeys(launch.pidfd_variables, own_pidfd_id()))


def _one_after_the_other(steps: list[Callable[[], object]]) -> Callable[[], None]:
    def carry_out() -> None:
        for step in steps:
            step()

    return carry_out
