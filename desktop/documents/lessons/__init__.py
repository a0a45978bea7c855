"""Lessons in the window: asking, running, and showing the prediction beside what happened. See README.md."""
