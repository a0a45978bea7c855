"""The thread is started in the process that waits for it."""

import multiprocessing as mp
import threading
import time


class Station(mp.Process):
    def warm_up(self):
        time.sleep(0.1)
        self.ready.set()

    def run(self):
        self.ready = threading.Event()
        threading.Thread(target=self.warm_up, daemon=True).start()
        self.ready.wait()


if __name__ == "__main__":
    mp.set_start_method("fork")
    station = Station(name="station")
    station.start()
    station.join()
