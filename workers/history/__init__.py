"""The list of recorded runs, with a summary of each."""
