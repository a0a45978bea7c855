"""Files that ship with Procession: icons, palettes, example scripts."""
