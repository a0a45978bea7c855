"""A look at an address before anything is started there: does a Dask scheduler answer? By a socket alone, in any thread.

Dask's own client may wait for ever on what is silent, and opens a pickle from whoever answers. A Dask scheduler speaks first:
a frame with its Python and its pickle protocol. What it sends is looked at, and never opened.
"""

import select
import socket
import ssl
import threading
import time
from typing import Any, NamedTuple

from workers.errors import RunError
from workers.harmless_text import plain

WITHIN_S = 3.0
_SILENT_S = 1.0
"""After so long it is asked whether TLS is meant: a server of that waits for the first word."""
_MOST_BYTES = 4096
_SPOKEN = b"pickle-protocol"
_CLOSED = b"\0closed"


class _TlsFiles(NamedTuple):
    """What Dask's configuration names for its clients: paths of files."""

    authority: str
    certificate: str
    key: str


def check_address(address: str, within_s: float = WITHIN_S) -> None:
    """Raise RunError with one sentence unless a Dask scheduler answers there. address: checked, with its scheme."""
    until_s = time.monotonic() + within_s
    scheme, _, place = address.partition("://")
    host, _, port = place.rpartition(":")
    context = _tls_context(address) if scheme == "tls" else None
    with _connected(address, _resolved(host.strip("[]"), int(port), until_s), until_s) as plain_socket:
        if context is None:
            _judge(address, _first_bytes(plain_socket, until_s), within_s)
            return
        try:
            plain_socket.settimeout(_left(until_s))
            with context.wrap_socket(plain_socket) as sock:
                _judge(address, _received(sock, until_s), within_s)
        except ssl.SSLCertVerificationError:
            raise RunError(
                f"{address} has no certificate of the authority that Dask's configuration names (distributed.comm.tls.ca-file)."
            ) from None
        except ssl.SSLError as error:
            raise RunError(_tls_refused(address, error)) from None
        except TimeoutError:
            raise RunError(_silent(address, within_s)) from None
        except OSError:
            raise RunError(f"{address} closed the connection: it speaks no TLS, or refuses our certificate.") from None


def _tls_refused(address: str, error: ssl.SSLError) -> str:
    if "WRONG_VERSION" in (error.reason or "") or "RECORD" in (error.reason or ""):
        return f"What listens at {address} speaks no TLS; is tcp:// meant?"
    return f"{address} refuses the certificate that Dask's configuration names ({plain(error.reason or str(error))})."


def _silent(address: str, within_s: float) -> str:
    return (
        f"What listens at {address} says nothing within {within_s:g} s, as no Dask scheduler does: "
        "is it the dashboard's port, or is the scheduler stopped?"
    )


def _tls_context(address: str) -> ssl.SSLContext:
    """How to speak TLS as Dask's configuration says. Nothing is connected where that says nothing."""
    files = _tls_files()
    if files is None:
        raise RunError(
            f"{address} takes certificates: name them in Dask's configuration, as distributed.comm.tls.ca-file, "
            "distributed.comm.tls.client.cert and distributed.comm.tls.client.key."
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # as Dask's own clients: the authority is one's own
    try:
        context.load_verify_locations(files.authority)
        context.load_cert_chain(files.certificate, files.key or None)  # without a key: that is in the same file
    except OSError as error:  # an SSLError is one, too
        raise RunError(
            f"The certificates for {address} cannot be read: {plain(error.strerror or str(error))}."
        ) from None
    return context


def _tls_files() -> _TlsFiles | None:
    import dask.config

    names = ("ca-file", "client.cert", "client.key")
    found = [dask.config.get(f"distributed.comm.tls.{name}", None) for name in names]
    return _TlsFiles(str(found[0]), str(found[1]), str(found[2] or "")) if found[0] and found[1] else None


def _resolved(host: str, port: int, until_s: float) -> list[tuple[Any, ...]]:
    """What getaddrinfo() finds. For a name that takes no limit: so another thread asks."""
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))
    except OSError:
        pass  # it is a name
    found: list[tuple[Any, ...]] = []
    problem: list[str] = []
    known = threading.Event()

    def ask() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            problem.append(f"There is no machine called {plain(host)}.")
        known.set()

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    known.wait(_left(until_s))  # and no join(): a thread of Qt would leave a thread object in Python for ever
    if not found:
        raise RunError(problem[0] if problem else f"The name {plain(host)} cannot be looked up now.")
    return found


def _connected(address: str, places: list[tuple[Any, ...]], until_s: float) -> socket.socket:
    problem = f"Nobody listens at {address}."
    for family, kind, protocol, _, place in places:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(_left(until_s) / (2 if len(places) > 1 else 1))
            sock.connect(place)
        except TimeoutError:
            problem = f"The machine of {address} does not answer."
        except ConnectionRefusedError:
            pass
        except OSError as error:
            problem = f"{address} cannot be reached: {plain((error.strerror or str(error)).lower())}."
        else:
            return sock
        sock.close()
    raise RunError(problem)


def _first_bytes(sock: socket.socket, until_s: float) -> bytes | None:
    """What is said first; None where TLS is meant."""
    if not select.select([sock], [], [], min(_SILENT_S, _left(until_s)))[0] and _means_tls(sock, until_s):
        return None
    return _received(sock, until_s)


def _received(sock: socket.socket, until_s: float) -> bytes:
    """The first bytes, until they have what a scheduler says, or the connection or the time ends."""
    data = b""
    try:
        while _SPOKEN not in data and len(data) < _MOST_BYTES and not _is_other(data):
            sock.settimeout(_left(until_s))
            more = sock.recv(_MOST_BYTES)
            if not more:
                data = data or _CLOSED
                break
            data += more
    except ssl.SSLError:
        raise
    except OSError:
        pass  # what was said by then is judged
    return data


def _is_other(data: bytes) -> bool:
    """Whether this is surely no frame of Dask, which begins with a length."""
    return len(data) >= 8 and not 0 < int.from_bytes(data[:8], "little") <= _MOST_BYTES


def _means_tls(sock: socket.socket, until_s: float) -> bool:
    """Whether a second connection can begin to speak TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(sock.getpeername()[:2], _SILENT_S) as second:
            second.settimeout(min(_SILENT_S, _left(until_s)))
            with context.wrap_socket(second):
                return True
    except ssl.SSLError as error:
        return "ALERT" in (error.reason or "") and "WRONG_VERSION" not in (error.reason or "")
    except OSError:
        return False


def _judge(address: str, data: bytes | None, within_s: float) -> None:
    """Raise RunError unless this is what a scheduler says. data: None where TLS is meant."""
    if data is None:
        raise RunError(f"What listens at {address} speaks TLS; is tls:// meant?")
    if _SPOKEN in data and not _is_other(data):
        return
    if data == _CLOSED:
        raise RunError(f"What listens at {address} closes the connection at once, as no Dask scheduler does.")
    if not data:
        raise RunError(_silent(address, within_s))
    line = plain(data.splitlines()[0][:40].decode("ascii", "replace")) if data[:1].isalnum() else ""
    said = f" (it says {line!r})" if line else ""
    raise RunError(f"What listens at {address} does not speak Dask's language{said}; is it the dashboard's port?")


def _left(until_s: float) -> float:
    return max(0.01, until_s - time.monotonic())
