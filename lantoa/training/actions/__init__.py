"""What can be done with classes, people in them, and their results."""
