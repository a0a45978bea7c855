"""How large a window may be on its screen. Values only."""

FRAME_PX = (16, 48)
"""Room for the frame that the desktop draws around a window. Its size is not known before the window is shown."""
