"""What tasks are known by, beside their times."""
