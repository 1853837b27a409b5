"""Properties of questions are tried without a clock: a shared machine is no place for deadlines of milliseconds."""

from hypothesis import settings

settings.register_profile("exams", deadline=None)
settings.load_profile("exams")
