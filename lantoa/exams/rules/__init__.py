"""What is a question, a mark, a paper: pure functions."""
