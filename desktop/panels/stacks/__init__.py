"""The Stacks panel."""
