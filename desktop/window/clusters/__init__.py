"""Clusters in the window."""
