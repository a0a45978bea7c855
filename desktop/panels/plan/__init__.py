"""The Plan panel."""
