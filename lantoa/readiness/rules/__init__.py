"""The rules of indices: the file, the answers, the arithmetic, and what may be said of the results."""
