"""Which keys were corrected for which sitting."""

from collections import defaultdict
from collections.abc import Iterable

from lantoa.exams.models import KeyChange
from lantoa.exams.rules.corrections import Correction


def corrections_in(sittings: Iterable[int]) -> dict[int, dict[str, Correction]]:
    """The corrections in force, by sitting (its id) and question. One query."""
    found: dict[int, dict[str, Correction]] = defaultdict(dict)
    rows = KeyChange.objects.filter(sitting__in=list(sittings)).order_by("id")
    for sitting, question, rule, key in rows.values_list("sitting", "question", "rule", "key_now"):
        found[sitting][question] = Correction(rule, key)
    return found
