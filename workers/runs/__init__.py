"""The folders of recorded runs: places, names, leases, limits, trash and the user's marks."""
