"""The files that runs are opened from and written to."""
