"""What this machine has: display, system libraries, versions."""
