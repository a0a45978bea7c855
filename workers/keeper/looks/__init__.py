"""Looks into processes that do not move: their stacks, and who has the other ends of their pipes."""
