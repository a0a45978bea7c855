"""What the timeline view shows and has selected. No widgets."""
