"""Export: writes a run as a picture, a table, a trace or a saved run."""
