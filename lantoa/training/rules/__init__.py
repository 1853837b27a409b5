"""What training knows as pure functions: no Django, no database, no clock."""
