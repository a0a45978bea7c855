"""What runs a plan or a script: the seam, and the engine for this machine."""
