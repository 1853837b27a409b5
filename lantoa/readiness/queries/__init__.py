"""What the room can tell. Other rooms ask `standing`: scores, pillars, change, candidates."""
