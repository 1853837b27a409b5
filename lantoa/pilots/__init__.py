"""Pilots: what hurts, what was tried against it, what others need to do the same, and where it spreads."""
