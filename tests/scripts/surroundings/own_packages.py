"""Has packages called workers and resources beside it."""

import multiprocessing as mp
import os
import sys
import tempfile

if __name__ == "__main__":
    folder = tempfile.mkdtemp()
    for name in ("workers", "resources", "desktop"):
        with open(os.path.join(folder, name + ".py"), "w") as file:
            file.write("def work():\n    print(__name__, __file__ is not None, flush=True)\n")
    sys.path.insert(0, folder)
    import desktop
    import resources
    import workers

    for module in (workers, resources, desktop):
        for method in ("fork", "spawn"):
            process = mp.get_context(method).Process(target=module.work)
            process.start()
            process.join()
