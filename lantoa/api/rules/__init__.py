"""What travels and how, as pure functions: shapes, problems, signatures, addresses."""
