"""Pictures of runs, for files and the clipboard."""
