"""What is found out about an address before anything is started: one sentence for each way in which it is wrong."""

import shutil
import ssl
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from support.listeners import FRAME, free_port, listening, made_certificate

from workers.engines.cluster.address_check import check_address
from workers.errors import RunError


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
    port = free_port()
    assert sentence(f"tcp://127.0.0.1:{port}") == f"Nobody listens at tcp://127.0.0.1:{port}."


def test_no_such_machine() -> None:
    assert sentence("tcp://no-such-machine.invalid:8786") == "There is no machine called no-such-machine.invalid."


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
@pytest.mark.skipif(sys.platform == "win32", reason="sockets of TLS close otherwise there")
def test_tls_both_ways(tmp_path: Path) -> None:
    dask_config = pytest.importorskip("dask.config", reason="Dask is an extra, and has no wheels for this Python")
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
