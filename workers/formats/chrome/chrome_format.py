"""The format of Chrome traces, plain or gzipped. Any process and thread.

The reader takes msgspec along, and is imported only when a trace is read or written.
"""

from codecs import BOM_UTF8
from pathlib import Path
from typing import BinaryIO

from workers.formats.blocks import GZIP, UTF16, Progress
from workers.formats.file_format import FileFormat, FileKind, Opened
from workers.system.atomic_files import Writer
from workers.timeline.timeline import Timeline


def _recognizes(first_bytes: bytes) -> bool:
    """JSON in any of the encodings that traces come in; whether there are events in it, only reading tells."""
    return first_bytes.startswith((GZIP, *UTF16)) or first_bytes.removeprefix(BOM_UTF8).strip()[:1] in (b"", b"[", b"{")


def _open(path: Path, progress: Progress | None) -> Opened:
    from workers.formats.chrome import chrome_reader

    return Opened(path, FileKind.TRACE, chrome_reader.read(path, progress))


def _writer(path: Path, timeline: Timeline, folder: Path | None, progress: Progress | None) -> Writer:
    from workers.formats.chrome import chrome_writer

    compressed = path.name.lower().endswith(".gz")

    def write(file: BinaryIO) -> None:
        chrome_writer.write(timeline, file, compressed=compressed, progress=progress)

    return write


CHROME_TRACE = FileFormat("Chrome trace", (".json", ".json.gz"), _recognizes, _open, _writer)
