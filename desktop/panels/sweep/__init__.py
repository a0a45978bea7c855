"""The Sweep tab: one amount of work at several numbers of workers."""
