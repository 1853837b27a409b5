"""What the room can tell: pain points, pilots, playbooks, spreads, and all of it for one unit on a day."""
