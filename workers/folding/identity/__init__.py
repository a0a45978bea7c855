"""What tells which process is meant: command lines, and announcements of a start."""
