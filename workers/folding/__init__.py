"""What the parts of a Fold know: who is who, what the keeper saw, what processes tell of themselves."""
