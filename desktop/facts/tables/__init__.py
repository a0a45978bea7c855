"""Facts as the columns of tables."""
