"""Starts, follows and ends runs for the window. Draws nothing."""
