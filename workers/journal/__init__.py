"""What journals say, and how they are read while they grow."""
