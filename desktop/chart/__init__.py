"""The timeline chart: time scale, rows, level of detail, painting, and the view that a person works in."""
