"""What is shown: opened, saved, marked, compared."""
