"""What is known of a selection, in words."""
