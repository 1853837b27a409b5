"""Counting tries: one statement, safe among many processes, kept whatever becomes of the try."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from lantoa.accounts.rules import Subject
from lantoa.common.refused import N_, Refused

# Rows are taken in the order of their subjects, so that two tries at once never wait for each other in a circle.
COUNT = """
    INSERT INTO accounts_throttle AS t (subject, tries, window_ends_at)
    SELECT subject, 1, window_ends_at FROM unnest(%s::bytea[], %s::timestamptz[]) AS s (subject, window_ends_at)
     ORDER BY subject
    ON CONFLICT (subject) DO UPDATE SET
        tries = CASE WHEN t.window_ends_at <= %s THEN 1 ELSE t.tries + 1 END,
        window_ends_at = CASE WHEN t.window_ends_at <= %s THEN EXCLUDED.window_ends_at ELSE t.window_ends_at END
    RETURNING subject, tries, window_ends_at
"""
TAKE_BACK = """
    UPDATE accounts_throttle t SET tries = greatest(t.tries - 1, 0)
      FROM (SELECT subject FROM accounts_throttle WHERE subject = ANY(%s) ORDER BY subject FOR UPDATE) mine
     WHERE t.subject = mine.subject
"""
FORGET = """
    DELETE FROM accounts_throttle WHERE subject IN (
        SELECT subject FROM accounts_throttle WHERE window_ends_at <= %s LIMIT 200 FOR UPDATE SKIP LOCKED)
"""


def count(subjects: list[Subject], *, at: datetime) -> None:
    """Counts a try for each subject, and refuses it when one of them has used up its window.

    The count comes first and the password is looked at afterwards, so that tries at the same moment cannot slip
    through. Raises Refused with the time of day at which to try again.
    """
    if not subjects:
        return
    limits = {subject.digest: subject.limit for subject in subjects}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [list(limits), [at + limit.window for limit in limits.values()], at, at])
        counted = [(bytes(digest), tries, ends) for digest, tries, ends in cursor.fetchall()]
    over = [ends for digest, tries, ends in counted if tries > limits[digest].tries]
    if over:
        raise Refused(
            N_("Too many tries have failed: try again after %(time)s."),
            time=timezone.localtime(max(over)).strftime("%H:%M"),
        )


def take_back(subjects: list[Subject], *, at: datetime) -> None:
    """A try that succeeded does not count; and what no longer counts is swept away, a little at a time."""
    with connection.cursor() as cursor:
        if subjects:
            cursor.execute(TAKE_BACK, [[subject.digest for subject in subjects]])
        cursor.execute(FORGET, [at])
