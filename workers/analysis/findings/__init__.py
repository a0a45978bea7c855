"""What went wrong in a run, and what waits forever: each kind of finding is a module here."""
