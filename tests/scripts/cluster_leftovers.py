"""Prints what a watch has left in the Dask cluster at ADDRESS: an empty list if nothing."""

import glob
import os
import sys
import tempfile

from distributed import Client


def in_scheduler(dask_scheduler):
    parts = [
        dask_scheduler.plugins,
        dask_scheduler.worker_plugins,
        dask_scheduler.nanny_plugins,
        dask_scheduler.handlers,
    ]
    parts += [dask_scheduler.clients, dask_scheduler._broker._topics]
    return [str(name) for part in parts for name in list(part) if "procession" in str(name)]


def in_worker(dask_worker):
    return [name for part in (dask_worker.plugins, dask_worker.handlers) for name in list(part) if "procession" in name]


def main():
    with Client(sys.argv[1]) as client:
        found = client.run_on_scheduler(in_scheduler)
        found += [name for names in client.run(in_worker).values() for name in names]
    files = glob.glob(os.path.join(tempfile.gettempdir(), "procession-*-*-*"))
    print(found + files if "files" in sys.argv else found, flush=True)


if __name__ == "__main__":
    main()
