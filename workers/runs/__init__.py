"""The folders of recorded runs: where they are, who uses them, what they are called, how many stay."""
