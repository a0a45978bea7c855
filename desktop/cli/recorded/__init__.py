"""What only `procession record` needs, which runs a user's script."""
