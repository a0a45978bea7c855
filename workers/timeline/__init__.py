"""What is known of a run so far, as records and columns."""
