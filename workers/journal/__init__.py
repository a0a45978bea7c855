"""The format of a run's files: what journals contain, and how they are read while they grow."""
