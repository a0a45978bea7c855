"""The lessons in their places in the window. See README.md of `desktop/window`."""
