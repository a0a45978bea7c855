"""Files that ship with Procession: icons, example scripts, and the entry for desktop menus."""
