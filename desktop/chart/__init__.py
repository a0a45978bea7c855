"""The timeline chart."""
