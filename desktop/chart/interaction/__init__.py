"""What keys, mouse and menus do in the timeline view."""
