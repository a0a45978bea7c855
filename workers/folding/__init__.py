"""Turns journal records into a timeline, in whatever order they are read."""
