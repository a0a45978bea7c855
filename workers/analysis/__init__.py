"""What a timeline means: findings, status, events, search, measures, comparisons."""
