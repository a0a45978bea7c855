"""The list of recorded runs and what it says of each."""
