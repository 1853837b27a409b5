"""The Excel sheet of a sitting: its candidates, and what is entered from paper."""

from datetime import date

from lantoa.exams.models import Sitting
from lantoa.exams.queries.log import log_of
from lantoa.exams.queries.printing import born, numbers_of, rooms_of, variants_of
from lantoa.exams.rules.answers import PAPER, answers
from lantoa.exams.rules.by_letters import letters_said
from lantoa.exams.rules.formats.answers_sheet import write


def sheet_of(sitting: Sitting, *, on: date) -> bytes:
    """A row a candidate in the order of units and names; those who handed in on a device are left out."""
    numbers, content = numbers_of(sitting), {one.pk: one.content for one in variants_of(sitting)}
    listed = [
        (room, row)
        for room in rooms_of(sitting, on=on)
        for row in room.attempts
        if row.handed_in_at is None or row.on_paper_at is not None
    ]
    logs = log_of([row for _room, row in listed if row.on_paper_at is not None])
    rows, said = [], []
    for room, row in listed:
        rows.append(
            {
                "code": row.key,
                "number": numbers[row.pk],
                "name": row.person.full_name,
                "born": born(row.person),
                "unit": room.name,
                "variant": f"{row.variant.number:03d}",
            }
        )
        given = answers(one for one in logs.get(row.pk, ()) if one.device == PAPER)
        said.append(
            [
                letters_said(asked, given.get(asked["id"])) if row.on_paper_at is not None else ""
                for asked in content[row.variant_id]
            ]
        )
    return write(rows, said, max((len(one) for one in content.values()), default=0))
