"""imap() whose results are used slowly: workers run ahead, finished results pile up in the parent's memory."""

import multiprocessing as mp
import time


def work(n):
    return bytes([n % 250 + 1]) * 4_000_000


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        total = 0
        for image in pool.imap_unordered(work, range(200)):
            total += len(image)
            time.sleep(0.02)
    peak = [line for line in open("/proc/self/status") if line.startswith("VmHWM")][0].split()[1]
    print("over 300 MB" if int(peak) > 300_000 else "small", flush=True)
