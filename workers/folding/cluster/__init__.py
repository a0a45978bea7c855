"""What the bridge to a cluster wrote, for a timeline."""
