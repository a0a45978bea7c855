"""Paints the chart, on screen and in exported pictures."""
