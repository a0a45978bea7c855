"""What runs in recorded processes: the probe, and the program of a plan. Standard library only."""
