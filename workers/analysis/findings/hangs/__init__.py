"""Waits that cannot end: each kind of hang is a module here."""
