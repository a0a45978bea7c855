"""A target that spawn cannot send to its worker."""

import multiprocessing

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    worker = multiprocessing.Process(target=lambda: None)
    try:
        worker.start()
    finally:
        worker.join()
