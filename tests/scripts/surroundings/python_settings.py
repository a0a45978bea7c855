"""Writes into the file argv[1] how this interpreter was set up by variables, and the bytes of its arguments and environment."""

import os
import sys
import warnings

__name__ == "__main__" and open(sys.argv[1], "x").close()  # a second run would be an error
shown = [
    sys.flags, sys.warnoptions, len(warnings.filters), sys.path, sys.pycache_prefix, sys.getfilesystemencoding(), __debug__,
    [os.fsencode(word) for word in sys.argv[2:]], sorted(sys.modules),
    sorted(item for item in os.environb.items() if item[0].startswith((b"PYTHON", b"LC_", b"LANG", b"ODD"))),
]  # fmt: skip
with open(sys.argv[1], "w") as file:
    file.write("\n".join(map(str, shown)))
sys.exit(3)
