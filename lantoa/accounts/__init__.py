"""Signing in: by password, or for a learner by a personal link or printed card."""
