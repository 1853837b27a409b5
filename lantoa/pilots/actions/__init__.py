"""What can be done: pain points, pilots, playbooks, spreads."""
