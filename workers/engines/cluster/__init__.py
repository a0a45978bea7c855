"""Clusters: see README.md."""
