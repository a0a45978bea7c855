"""Lessons: a listing, a question, and the answer that its runs give. No Qt."""
