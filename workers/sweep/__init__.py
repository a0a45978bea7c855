"""Measures one amount of work at several numbers of workers. See README.md."""
