"""What can be done with banks, questions and papers."""
