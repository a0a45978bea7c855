"""The size that a window may have on its screen. Values only."""

FRAME_PX = (16, 48)
"""Room for the frame that the desktop draws around a window; its real size is only known once the window is shown."""
