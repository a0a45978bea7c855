"""A thread of the parent sets an Event of threading, of which the forked process has a copy."""

import multiprocessing as mp
import threading
import time


class Station(mp.Process):
    def __init__(self):
        super().__init__(name="station")
        self.ready = threading.Event()
        threading.Thread(target=self.warm_up, daemon=True).start()

    def warm_up(self):
        time.sleep(1)
        self.ready.set()

    def run(self):
        self.ready.wait()


if __name__ == "__main__":
    mp.set_start_method("fork")
    station = Station()
    station.start()
    station.join()
