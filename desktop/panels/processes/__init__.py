"""The Processes panel."""
