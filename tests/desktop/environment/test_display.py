"""Whether there is a display is found out without Qt, which would end the process when there is none."""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from desktop.environment import display
from desktop.environment.display import missing_display

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="as Linux does it")


@contextmanager
def listening(address: str | tuple[str, int]) -> Iterator[socket.socket]:
    """Something that takes connections there."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with closing(socket.socket(family)) as server:
        server.bind(address)
        server.listen()
        yield server


@pytest.fixture
def server_lets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """What answers is taken for a real X server."""
    monkeypatch.setattr(display, "_x_accepts", lambda name: True)


@pytest.mark.parametrize(
    "named", ["", ":4711", ":4711.0", "localhost:4711", "unix:4711", "nonsense", ":", "a:b", ":99999"]
)
def test_an_x_display_that_is_not_there(named: str) -> None:
    assert missing_display({"DISPLAY": named}) == (
        f"There is no display here: DISPLAY={named} does not answer." if named else "There is no display here."
    )


@pytest.mark.usefixtures("server_lets_in")
@pytest.mark.parametrize("named", [":4713", ":4713.0", "unix:4713"])
def test_an_x_display_that_answers(named: str) -> None:
    with listening("\0/tmp/.X11-unix/X4713"):
        assert missing_display({"DISPLAY": named}) is None
        assert missing_display({"DISPLAY": named, "QT_QPA_PLATFORM": "xcb"}) is None
        assert missing_display({"DISPLAY": named, "QT_QPA_PLATFORM": "wayland"}) is not None


@pytest.mark.usefixtures("server_lets_in")
def test_an_x_display_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(display, "_X_TCP_PORT", server.getsockname()[1] - 10)
        assert missing_display({"DISPLAY": "127.0.0.1:10.0"}) is None


def test_what_takes_connections_and_is_no_x_server() -> None:
    with listening("\0/tmp/.X11-unix/X4714") as server:

        def hang_up() -> None:
            for _ in range(2):
                server.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        assert missing_display({"DISPLAY": ":4714"}) is not None
        thread.join()


def test_a_wayland_display(tmp_path: Path) -> None:
    environment = {"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert missing_display(environment) == "There is no display here: WAYLAND_DISPLAY=wayland-7 does not answer."
    with listening(str(tmp_path / "wayland-7")):
        assert missing_display(environment) is None
        assert missing_display({**environment, "QT_QPA_PLATFORM": "xcb"}) is not None
        assert missing_display({"WAYLAND_DISPLAY": str(tmp_path / "wayland-7")}) is None


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:size=800x600", "xcb;offscreen"])
def test_platforms_that_need_no_display(platform: str) -> None:
    assert missing_display({"QT_QPA_PLATFORM": platform}) is None
