"""The program of a run once it is launched: its exit code, signals and commands to it. Runs in the keeper's main thread."""

import subprocess


class LaunchedProgram:
    """The keeper's own child. Only this class reaps it.

    launched_ns: the moment before the launch.
    exit_code: None until it was reaped.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", launched_ns: int) -> None:
        self._process = process
        self.launched_ns = launched_ns
        self.exit_code: int | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it has ended and was reaped."""
        return self.exit_code is not None

    def poll(self) -> None:
        """Reap it if it has ended."""
        if self.exit_code is None:
            self.exit_code = self._process.poll()

    def reap(self) -> int:
        """Its exit code. Waits for its end, which was seen already."""
        self.exit_code = self._process.wait()
        return self.exit_code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if not self.ended:
            self._process.send_signal(number)

    def send_line(self, line: bytes) -> None:
        """Write a whole line to its standard input, if it takes commands there."""
        pipe = self._process.stdin
        if pipe is None:
            return
        try:
            pipe.write(line)
            pipe.flush()
        except OSError:
            pass  # it has ended, which is reported as its exit
