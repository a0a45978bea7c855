"""Processes of multiprocessing's own classes that lack what such objects have, or have other things there."""

import multiprocessing as mp


def nothing():
    pass


if __name__ == "__main__":
    fork = mp.get_context("fork")
    for kind in (mp.Process, fork.Process):
        unmade = kind.__new__(kind)
        for call in (unmade.start, unmade.join, unmade.is_alive, unmade.terminate):
            try:
                call()
            except AttributeError as error:
                print(error)
    for identity in ((1 << 63,), ((1 << 63) - 1,), (-1 << 63,), ((-1 << 63) - 1,), (True,), (7.5,), ("x",), (), None):
        process = fork.Process(target=nothing)
        process._identity = identity
        del process._name
        process.start()
        process.join()
        print(identity, process.exitcode)
