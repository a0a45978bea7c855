"""The lessons: their list, the question above the timeline, and what is answered by drawing. See README.md."""
