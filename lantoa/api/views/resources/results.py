"""Results of a class: who completed, what is missing, marks."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from django.http import Http404

from lantoa.api.queries.paging import part_of
from lantoa.api.rules.problems import Problem
from lantoa.api.rules.shapes import Key, Number, Page, Part, Says
from lantoa.api.views.calling import Call
from lantoa.api.views.operations import get, put
from lantoa.api.views.resources.classes import load_class
from lantoa.api.views.resources.people import faults_of
from lantoa.common.refused import N_
from lantoa.common.words import fill
from lantoa.training.actions.classes import enrolled
from lantoa.training.actions.results import decide_when_over, enter_marks
from lantoa.training.models import Assessment, Enrolment
from lantoa.training.queries.completion import weighed

NOT_ENROLLED = N_("This person is not enrolled in the class.")


@dataclass(frozen=True)
class MarkSeen:
    """A mark."""

    person: Key
    value: Annotated[Decimal | None, Says(N_("The mark, exact, as text; null for none."))]


@dataclass(frozen=True)
class ResultSeen:
    """Somebody in a class, and how they stand there now."""

    key: Annotated[Key, Says(N_("Of the enrolment."))]
    person: Key
    full_name: str
    unit: Annotated[Key, Says(N_("The unit they came from."))]
    post: str
    enrolled_at: datetime
    withdrawn_at: datetime | None
    attended: Annotated[Decimal, Says(N_("Meetings attended, parts of one counted as such."))]
    held: Annotated[int, Says(N_("Meetings held so far."))]
    completed_at: datetime | None
    missing: Annotated[tuple[str, ...], Says(N_("What is still missing, in sentences."))]
    certificate: Annotated[str | None, Says(N_("The number of the certificate in force."))]


@dataclass(frozen=True)
class MarksSeen:
    """The marks of one assessment: a line for everyone enrolled, in the order of names."""

    assessment: Key
    title: str
    highest: Decimal
    marks: tuple[MarkSeen, ...]


@dataclass(frozen=True)
class MarkToSet:
    """Somebody's mark."""

    person: Key
    value: Annotated[Number, Says(N_("The mark, exact, as text: 8 or 8.5."))]


@dataclass(frozen=True)
class MarksToSet:
    """Marks of one assessment; of those who are left out nothing changes."""

    marks: Annotated[tuple[MarkToSet, ...], Says(most=500, least=1)]


@get("classes/{key}/results", needs="programmes.view", says=N_("How everyone in a class stands"))
def list_results(call: Call, key: str, query: Part) -> Page[ResultSeen]:
    """In the order of enrolment; those who left the class too, with the moment they left."""
    found = load_class(call, key)
    rows = Enrolment.objects.filter(training_class=found).select_related("person", "unit", "training_class")
    part, following = part_of(rows.prefetch_related("certificates"), query)
    call.saw(found, len(part))
    return Page(tuple(_results(part)), following)


@get("assessments/{key}/marks", needs="programmes.view", says=N_("The marks of an assessment"))
def show_marks(call: Call, key: str) -> MarksSeen:
    """Everyone enrolled has a line, marked or not."""
    found = _load(call, key)
    seen = _marks(found)
    call.saw(found.training_class, len(seen.marks))
    return seen


@put("assessments/{key}/marks", needs="training.mark_results", says=N_("Enter marks of an assessment"))
def set_marks(call: Call, key: str, body: MarksToSet) -> MarksSeen:
    """An earlier mark gives way and stays readable in the ledger."""
    found = _load(call, key)
    Assessment.objects.select_for_update(no_key=True).get(pk=found.pk)
    call.match(_marks(found))
    rows = dict(enrolled(found.training_class).values_list("person__key", "pk"))
    wrong = {
        f"#/marks/{place}/person": mark.person for place, mark in enumerate(body.marks) if mark.person not in rows
    }
    if wrong:
        raise Problem("wrong-body", errors=faults_of(call, wrong, NOT_ENROLLED))
    values = {rows[mark.person]: mark.value for mark in body.marks}
    source = f"api.token:{call.token.key}"
    enter_marks(by=call.token, assessment=found, marks=values, source=source, at=call.now)
    decide_when_over(by=call.token, training_class=found.training_class, at=call.now)
    return _marks(found)


def _load(call: Call, key: str) -> Assessment:
    found = Assessment.objects.select_related("training_class__unit").filter(key=key).first()
    if found is None:
        raise Http404
    call.check(found.training_class.unit)
    return found


def _results(rows: list[Enrolment]) -> list[ResultSeen]:
    known = {row.pk: (facts, outcome) for row, facts, outcome in weighed(rows)}
    results = []
    for row in rows:
        facts, outcome = known[row.pk]
        certificate = next((one.number for one in row.certificates.all() if one.revoked_on is None), None)
        results.append(
            ResultSeen(
                key=row.key,
                person=row.person.key,
                full_name=row.person.full_name,
                unit=row.unit.key,
                post=row.post_title,
                enrolled_at=row.enrolled_at,
                withdrawn_at=row.withdrawn_at,
                attended=facts.attended,
                held=facts.held,
                completed_at=row.completed_at,
                missing=tuple(fill(reason.message, reason.values) for reason in outcome.missing),
                certificate=certificate,
            )
        )
    return results


def _marks(found: Assessment) -> MarksSeen:
    values = dict(found.marks.values_list("enrolment_id", "value"))
    rows = enrolled(found.training_class).order_by("person__sort_key", "id").values_list("pk", "person__key")
    return MarksSeen(
        assessment=found.key,
        title=found.title,
        highest=found.highest,
        marks=tuple(MarkSeen(key, values.get(pk)) for pk, key in rows),
    )
