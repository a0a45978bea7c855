"""The Tasks panel, which is called Spans for a trace."""
