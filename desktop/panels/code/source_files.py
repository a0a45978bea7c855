"""Reads the source of other files than the script that is run, for the Code panel. No Qt; the window's thread.

A recorded run has the names of files and not their contents. So what is read is the file as it is now, on this machine.
"""

import os
import stat
import tokenize
from pathlib import Path
from typing import BinaryIO

from workers.plan.listing import Listing

_MOST_BYTES = 4_000_000


def same_file(one: str, other: str) -> bool:
    """Whether two names are of one file, as far as can be told from the names."""
    return bool(one) and os.path.normpath(one) == os.path.normpath(other)


def read_source(path: str) -> Listing | str:
    """The source of a file; a sentence where it cannot be shown."""
    name = os.path.basename(path) or path
    if "\0" in path:
        return f"{name} cannot be shown: no file has such a name."
    if not os.path.isabs(path):
        return f"{name} cannot be shown: the run does not tell its folder."
    try:
        # Nothing is opened that is no plain file: a named pipe would be waited for.
        if not stat.S_ISREG(os.stat(path).st_mode):
            return f"{name} cannot be shown: it is no plain file."
        with Path(path).open("rb") as file:
            encoding = _encoding(file)
            file.seek(0)
            data = file.read(_MOST_BYTES)
    except FileNotFoundError:
        return f"{name} cannot be shown: it is not on this machine any more."
    except OSError as error:
        return f"{name} cannot be shown: {error.strerror}."
    except ValueError:  # a name that cannot be written in the encoding of file names
        return f"{name} cannot be shown: no file has such a name."
    text = data.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
    return Listing(text.replace("\0", "\N{REPLACEMENT CHARACTER}"), (), (), (), path)


def _encoding(file: BinaryIO) -> str:
    """The encoding that the source declares; UTF-8 where it declares none, or one that there is not."""
    try:
        return tokenize.detect_encoding(file.readline)[0]
    except SyntaxError:
        return "utf-8"
