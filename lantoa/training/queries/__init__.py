"""What can be told of classes, people and results."""
