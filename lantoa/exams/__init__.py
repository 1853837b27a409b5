"""Exams: the question bank, papers, sittings, answers and marks."""
