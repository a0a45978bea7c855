"""What a process recorded of the children that it started."""
