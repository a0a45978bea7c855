"""Records processes and understands what they did. Imports no Qt."""
