"""How ready units are: any composite index as a versioned file, campaigns that collect it, scores that say why."""
