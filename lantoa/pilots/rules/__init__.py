"""The rules of the room as pure functions."""
