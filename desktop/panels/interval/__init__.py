"""The Interval panel."""
