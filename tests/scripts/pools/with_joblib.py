"""joblib's own processes (loky)."""

from math import factorial

from joblib import Parallel, delayed


def triple(x):
    return 3 * x


if __name__ == "__main__":
    print(Parallel(n_jobs=2, batch_size=1)(delayed(triple)(x) for x in range(6)))
    print(Parallel(n_jobs=2, batch_size=1)(delayed(factorial)(x) for x in range(3)))
