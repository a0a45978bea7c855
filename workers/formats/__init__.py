"""The files that a run is written to: a saved run, a Chrome trace, a table. No Qt."""
