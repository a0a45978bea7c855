"""The shown run, and opening, saving, marking and comparing runs."""
