"""Properties of scores are tried without a clock: a shared machine is no place for deadlines of milliseconds."""

from hypothesis import settings

settings.register_profile("readiness", deadline=None, max_examples=60)
settings.load_profile("readiness")
