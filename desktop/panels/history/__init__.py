"""The list of recorded runs, for the history dialog."""
