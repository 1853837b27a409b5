"""What can be done with workshops."""
