"""Stands for a library that takes a second of CPU to import."""

import time

_end = time.process_time() + 0.8
while time.process_time() < _end:
    sum(range(1000))
