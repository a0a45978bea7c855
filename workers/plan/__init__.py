"""What to run: plans, amounts of work, what they need, and the script that does the same."""
