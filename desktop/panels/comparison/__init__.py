"""The Comparison panel."""
