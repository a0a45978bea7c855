"""What keys, mouse and wheel do in the timeline view."""
