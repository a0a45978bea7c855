"""What is found out about an address before anything is started: one sentence for each way in which it is wrong."""

import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from workers.engines.cluster.address_check import check_address
from workers.errors import RunError

HELLO = b"\xab\xc0compression\xc0\xa6python\x93\x03\x0b\x07\xafpickle-protocol\x05"
FRAME = len(HELLO).to_bytes(8, "little") + HELLO
Talk = Callable[[socket.socket], object]


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


def sentence(address: str, within_s: float = 20) -> str:
    """What is wrong with it; empty when nothing is."""
    try:
        check_address(address, within_s)
    except RunError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("pieces", [(FRAME,), (FRAME[:3], FRAME[3:20], FRAME[20:])])
def test_what_speaks_as_a_scheduler_does_is_one(pieces: tuple[bytes, ...]) -> None:
    with listening(lambda one: [one.sendall(piece) for piece in pieces]) as place:
        assert sentence(f"tcp://{place}") == ""


def test_what_says_nothing_is_no_scheduler() -> None:
    with listening(lambda one: None) as place:
        found = sentence(f"tcp://{place}", 0.5)
    assert found.startswith(f"What listens at tcp://{place} says nothing within 0.5 s, as no Dask scheduler does")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak Dask's language (it says 'SSH-2.0-OpenSSH_9.2')"),
        (bytes(range(256)), "does not speak Dask's language; is it the dashboard's port?"),
        (b"\x10" + bytes(7) + b"hello", "does not speak Dask's language; is it the dashboard's port?"),
        (b"\x1b[31m\x07" * 9 + b"pickle-protocol", "does not speak Dask's language; is it the dashboard's port?"),
    ],
)
def test_what_is_no_scheduler_is_told_by_what_it_says(said: bytes, told: str) -> None:
    with listening(lambda one: bool(one.sendall(said))) as place:  # and closes
        found = sentence(f"tcp://{place}")
    assert told in found
    assert f"tcp://{place}" in found
    assert "\x1b" not in found


def test_what_closes_at_once_is_none() -> None:
    with listening(lambda one: False) as place:
        assert "closes the connection at once" in sentence(f"tcp://{place}")


def test_nobody_there() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    assert sentence(f"tcp://127.0.0.1:{port}") == f"Nobody listens at tcp://127.0.0.1:{port}."


def test_no_such_machine() -> None:
    assert sentence("tcp://no-such-machine.invalid:8786") == "There is no machine called no-such-machine.invalid."


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


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
@pytest.mark.skipif(sys.platform == "win32", reason="sockets of TLS close otherwise there")
def test_tls_both_ways(tmp_path: Path) -> None:
    dask_config = pytest.importorskip("dask.config")
    ours, others = made_certificate(tmp_path, "ours"), made_certificate(tmp_path, "others")
    authority = {"ours": str(tmp_path / "ours.crt"), "others": str(tmp_path / "others.crt")}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ours)
    context.load_verify_locations(authority["ours"])
    context.verify_mode = ssl.CERT_REQUIRED

    def configured(authority_path: str, certificate: Path) -> object:
        names = {"ca-file": authority_path, "client.cert": str(certificate), "client.key": str(certificate)}
        return dask_config.set({f"distributed.comm.tls.{name}": path for name, path in names.items()})

    with ExitStack() as stack:
        secure = stack.enter_context(listening(lambda one: one.sendall(FRAME), context))
        open_to_all = stack.enter_context(listening(lambda one: one.sendall(FRAME)))
        assert "takes certificates: name them" in sentence(f"tls://{secure}")
        assert "speaks TLS; is tls:// meant?" in sentence(f"tcp://{secure}")
        with configured(authority["ours"], ours):  # type: ignore[attr-defined]
            assert sentence(f"tls://{secure}") == ""
            assert "speaks no TLS; is tcp:// meant?" in sentence(f"tls://{open_to_all}")
        with configured(authority["others"], ours):  # type: ignore[attr-defined]
            assert "no certificate of the authority" in sentence(f"tls://{secure}")
        with configured(authority["ours"], others):  # type: ignore[attr-defined]
            assert "refuses" in sentence(f"tls://{secure}")
        with configured(str(tmp_path / "nowhere.pem"), ours):  # type: ignore[attr-defined]
            assert "cannot be read" in sentence(f"tls://{secure}")
