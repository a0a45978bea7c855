"""Findings about what processes share by mistake."""
