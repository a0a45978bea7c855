"""As r47, nobody is killed."""

import time

from joblib import Parallel, delayed


def fit(n):
    time.sleep(0.2)
    return n


if __name__ == "__main__":
    print(Parallel(n_jobs=2)(delayed(fit)(n) for n in range(8)), flush=True)
