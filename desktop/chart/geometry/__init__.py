"""The places of rows, times and columns. Arithmetic without widgets and painters."""
