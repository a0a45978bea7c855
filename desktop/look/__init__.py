"""Colours, controls and icons."""
