"""The facts of what only a cluster has."""
