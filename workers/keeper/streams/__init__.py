"""The standard streams of the program: what it gets, what is kept of its output, and where that is passed on."""
