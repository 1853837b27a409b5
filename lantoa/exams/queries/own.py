"""One's own attempt as the page of an exam begins with it: a question put together once (decision 0034)."""

from functools import cache

from lantoa.common.ready import asking, columns
from lantoa.exams.models import Attempt, Sitting, Variant

HEAVY = frozenset({"content", "keys"})
CHANGED = """
    s.published_at IS NOT NULL AND (
        EXISTS (SELECT 1 FROM exams_keychange k WHERE k.sitting_id = s.id AND k.made_at >= s.published_at)
        OR EXISTS (SELECT 1 FROM exams_pointschange p WHERE p.attempt_id = a.id AND p.made_at >= s.published_at))
"""


@cache
def _statement() -> str:
    listed = [columns(Attempt, "a")[1], columns(Sitting, "s")[1], columns(Variant, "v", HEAVY)[1], CHANGED]
    return f"""SELECT {", ".join(listed)} FROM exams_attempt a
        JOIN exams_sitting s ON s.id = a.sitting_id JOIN exams_variant v ON v.id = a.variant_id
        JOIN directory_person o ON o.id = a.person_id WHERE a.key = %s AND o.user_id = %s"""


def own_of(user: int, key: str) -> Attempt | None:
    """The attempt of this key, if it is of the person of this account (its id), with sitting and variant; `changed`:
    there is something that `told_to` would tell. The paper itself is read where it is shown. One query."""
    with asking() as cursor:
        cursor.execute(_statement(), [key, user])
        row = cursor.fetchone()
    if row is None:
        return None
    attempt, sitting, variant = columns(Attempt, "a")[0], columns(Sitting, "s")[0], columns(Variant, "v", HEAVY)[0]
    first, second = len(attempt), len(attempt) + len(sitting)
    found: Attempt = Attempt.from_db("default", attempt, row[:first])
    found.sitting = Sitting.from_db("default", sitting, row[first:second])
    found.variant = Variant.from_db("default", variant, row[second:-1])
    found.changed = row[-1]  # type: ignore[attr-defined]
    return found
