"""Where the time of the workers went."""
