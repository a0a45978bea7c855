"""What only a cluster can have."""
