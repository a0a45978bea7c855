"""Findings about what a run leaves behind."""
