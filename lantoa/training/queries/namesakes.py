"""Two people of one name in one class, told apart."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from lantoa.common.vietnamese import partial_date
from lantoa.directory.queries.units import names
from lantoa.training.models import Enrolment


def namesakes(rows: Iterable[Enrolment], *, on: date) -> dict[int, str]:
    """Birth date and unit, by the id of the person, of those whose name stands more than once among the rows.

    A query only where there are such. Rows come with their person.
    """
    rows = list(rows)
    often = Counter(row.person.full_name.casefold() for row in rows)
    same = [row for row in rows if often[row.person.full_name.casefold()] > 1]
    units = names((row.unit_id for row in same), on=on)
    return {
        row.person_id: " · ".join(
            part
            for part in (
                partial_date(row.person.birth_year, row.person.birth_month, row.person.birth_day)
                if row.person.birth_year
                else "",
                units[row.unit_id].full_name if row.unit_id in units else "",
            )
            if part
        )
        for row in same
    }
