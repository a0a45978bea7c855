"""Servers on loopback that say what a test has them say, in threads that end with them; and certificates for TLS."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

HELLO = b"\xab\xc0compression\xc0\xa6python\x93\x03\x0b\x07\xafpickle-protocol\x05"
FRAME = len(HELLO).to_bytes(8, "little") + HELLO
"""What a Dask scheduler says first."""
Talk = Callable[[socket.socket], object]


def free_port() -> int:
    """A port at which nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


@contextmanager
def listening(talk: Talk, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that does this with each connection, and then waits for its end. The place that it listens at."""
    server = socket.create_server(("127.0.0.1", 0))

    def one(connection: socket.socket) -> None:
        with connection:
            try:
                connection.settimeout(20)
                if context is not None:
                    connection = context.wrap_socket(connection, server_side=True)
                with connection:
                    if talk(connection) is not False:
                        while connection.recv(4096):
                            pass
            except OSError:
                pass

    threads: list[threading.Thread] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=one, args=(connection,)))
            threads[-1].start()

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        yield f"127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        for thread in (serving, *threads):
            thread.join(30)


def made_certificate(folder: Path, name: str) -> Path:
    """A certificate that is its own authority, with its key in the same file."""
    path = folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-keyout", str(path), "-out", str(folder / f"{name}.crt")],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    with path.open("ab") as file:
        file.write((folder / f"{name}.crt").read_bytes())
    return path
