"""The main window: puts all parts together."""
