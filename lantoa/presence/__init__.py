"""Who was there: rotating codes, roll calls, corrections with their reasons."""
