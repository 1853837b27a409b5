"""What people must know: courses, their topics (chuyên đề) and materials."""
