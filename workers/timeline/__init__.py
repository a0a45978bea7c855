"""A run as it is known so far, as records and columns."""
