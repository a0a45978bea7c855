"""Starts, follows and ends runs for the window. Imports no widgets."""
