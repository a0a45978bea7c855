"""What carries out a run: the seam, and the engine for this machine. See README.md."""
