"""Runs, records and understands processes. Knows nothing of Qt."""
