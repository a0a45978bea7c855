"""How the keeper sees processes begin, run, stand still and end, from outside them. Runs in the keeper."""
