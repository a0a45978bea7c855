"""The verbs for clusters."""
