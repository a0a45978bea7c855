"""Chrome traces, read and written."""
