"""Units, people, their posts and roles, and where each stood on a day."""
