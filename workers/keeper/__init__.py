"""The keeper of one run: launches the program, watches its processes from outside, ends them."""
