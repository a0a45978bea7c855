"""A server that is greeted as a Dask scheduler is: python false_scheduler.py pickle|nonsense MARK.

Its answers are pickles that write MARK when they are opened, or of another shape than a scheduler's.
"""

import asyncio
import sys
from pathlib import Path

from distributed.core import Server
from distributed.protocol.serialize import ToPickle


class Telltale:
    def __reduce__(self):
        return Path(sys.argv[2]).write_text, ("opened",)


async def answer(**options):
    return {"n_workers": ToPickle(Telltale())} if sys.argv[1] == "pickle" else ["nonsense"]


async def main():
    server = Server({"versions": answer, "identity": answer}, local_directory=".")
    await server.listen("tcp://127.0.0.1:0")
    print(server.address, flush=True)
    await asyncio.sleep(100)


asyncio.run(main())
