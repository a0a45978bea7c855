"""Turns the records of a run into its timeline, in whatever order they are read."""
