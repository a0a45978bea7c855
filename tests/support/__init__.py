"""What several tests need: builders, recorded runs, windows to press."""
