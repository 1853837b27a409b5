"""Tools without a word of the domain; no tables."""
