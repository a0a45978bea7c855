"""Facts: the selection, and everything known about it in words."""
