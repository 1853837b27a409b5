"""What the desks know without Django: how a guide is read, and which place in which guide belongs to a page."""
