"""What the office knows as pure functions: no Django, no database, no clock."""
