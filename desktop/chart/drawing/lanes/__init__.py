"""Paints what is on lanes and tracks: bars, tasks, marks, texts, usage."""
