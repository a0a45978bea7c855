"""A timeline as data for scripts and as text for a terminal."""
