"""The files that a run is saved to and opened from."""
