"""Starts the program of a run with the standard streams that it is to have. Runs in the keeper's main thread."""

import subprocess
import time

from workers.errors import RunError
from workers.keeper import kernel_settings
from workers.keeper.launch import Launch
from workers.keeper.launched_program import LaunchedProgram
from workers.keeper.streams.program_streams import ProgramStreams


def launch_program(
    launch: Launch, streams: ProgramStreams, limits: kernel_settings.FileLimits | None
) -> LaunchedProgram:
    """Start the program. limits: set in the program, since the keeper raised its own. Raises RunError with a sentence."""
    before_ns = time.perf_counter_ns()
    try:
        process = subprocess.Popen(
            launch.argv,
            env=launch.env,
            cwd=launch.cwd or None,
            stdin=streams.stdin,
            stdout=streams.stdout,
            stderr=streams.stderr,
            preexec_fn=None if limits is None else kernel_settings.child_setup(limits),
        )
    except OSError as error:
        raise RunError(f"{launch.argv[0]} could not be started: {error.strerror}.") from error
    finally:
        streams.close_program_ends()
    return LaunchedProgram(process, before_ns)
