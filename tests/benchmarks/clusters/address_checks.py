"""Checks of bad addresses and of clusters that take no plan: one sentence within four seconds, and nothing left running."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dask.config
import psutil
from support.dask_clusters import dask_cluster
from support.listeners import FRAME, free_port, listening, made_certificate

from workers.engines.choice import make_engine
from workers.errors import RunError
from workers.plan.plan import Plan

GOAL_S = 4.0


def addresses_check() -> bool:
    """Every way in which an address can be wrong."""
    reached = True
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        for name, address, told, certificates in _rows(stack, Path(folder)):
            with dask.config.set({f"distributed.comm.tls.{key}": value for key, value in certificates.items()}):
                took_s, sentence = _started(address)
            left = [process.name() for process in psutil.Process().children(recursive=True) if _is_ours(process)]
            good = told in sentence and took_s <= GOAL_S and not left
            reached = reached and good
            print(f"  {name}: {took_s:.2f} s{'' if good else ' MISSED'}{f', left {left}' if left else ''}: {sentence}")
    return reached


def _started(address: str) -> tuple[float, str]:
    began_s = time.monotonic()
    engine = make_engine(Plan.make([1000], engine=f"dask={address}"))
    try:
        engine.start()
    except RunError as error:
        return time.monotonic() - began_s, str(error)
    finally:
        engine.close()
    return time.monotonic() - began_s, ""


def _is_ours(process: psutil.Process) -> bool:
    try:
        return any("engines/cluster" in part or "keeper" in part for part in process.cmdline())
    except psutil.Error:
        return False


def _rows(stack: ExitStack, folder: Path) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """(name, address, a part of the sentence, Dask's configuration for TLS)."""
    secure = stack.enter_context(_secure_scheduler(folder))
    ours = {
        "ca-file": str(folder / "ours.crt"),
        "client.cert": str(folder / "ours.pem"),
        "client.key": str(folder / "ours.pem"),
    }
    made_certificate(folder, "others")
    scheduler = stack.enter_context(dask_cluster(folder / "dask", workers=0))
    silent, closes = stack.enter_context(listening(lambda one: None)), stack.enter_context(listening(lambda one: False))
    ssh = stack.enter_context(listening(lambda one: one.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")))
    garbage = stack.enter_context(listening(lambda one: one.sendall(os.urandom(256))))
    plain_dask = stack.enter_context(listening(lambda one: one.sendall(FRAME)))
    yield "nobody", f"127.0.0.1:{free_port()}", "Nobody listens", {}
    yield "silent", silent, "says nothing", {}
    yield "closes", closes, "closes the connection", {}
    yield "HTTP", stack.enter_context(_http()), "says nothing", {}
    yield "ssh", ssh, "SSH-2.0", {}
    yield "garbage", garbage, "does not speak Dask's language", {}
    yield "tcp for TLS", secure, "is tls:// meant", {}
    yield "TLS for tcp", f"tls://{plain_dask}", "is tcp:// meant", ours
    yield "TLS without certificates", f"tls://{secure}", "takes certificates", {}
    yield (
        "another authority",
        f"tls://{secure}",
        "no certificate of the authority",
        ours | {"ca-file": str(folder / "others.crt")},
    )
    os.kill(scheduler.scheduler.pid, signal.SIGSTOP)
    yield "stopped scheduler", scheduler.address, "is the scheduler stopped", {}
    os.kill(scheduler.scheduler.pid, signal.SIGKILL)
    scheduler.scheduler.wait()
    yield "scheduler that is gone", scheduler.address, "Nobody listens", {}


@contextmanager
def _http() -> Iterator[str]:
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"127.0.0.1:{server.stdout.readline().split('port ')[1].split()[0]}"
        finally:
            server.kill()


@contextmanager
def _secure_scheduler(folder: Path) -> Iterator[str]:
    """A Dask scheduler that speaks TLS."""
    ours, file = made_certificate(folder, "ours"), folder / "secure.json"
    options = ["--tls-ca-file", str(folder / "ours.crt"), "--tls-cert", str(ours), "--tls-key", str(ours)]
    options += [
        "--protocol",
        "tls",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--scheduler-file",
        str(file),
    ]
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", *options]
    with open(folder / "secure.log", "wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            until_s = time.monotonic() + 60
            while not file.exists() or b"tls://" not in file.read_bytes():
                assert time.monotonic() < until_s, (folder / "secure.log").read_text()
                time.sleep(0.05)
            yield file.read_text().split("tls://")[1].split('"')[0]
        finally:
            server.kill()


CHECKS = {"addresses": addresses_check}
