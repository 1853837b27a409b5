"""Who is told that a form asks them, and which coordinators that superiors are to be chosen. Each occasion once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lantoa.common.days import begins
from lantoa.directory.models import Person, Unit
from lantoa.directory.queries import coordinators_of
from lantoa.ledger.actions import thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.notices import Letter, notify_all
from lantoa.training.actions.letters import tell
from lantoa.training.models import Enrolment, SuperiorAsk, Survey
from lantoa.training.queries.feedback import asked, unanswered
from lantoa.training.rules.feedback.occasions import Occasion


@transaction.atomic
def tell_asked(*, by: Actor, survey: Survey, at: datetime) -> int:
    """Tells those whom a survey asks; of a superiors' form the coordinators of the learners' units. How many."""
    if survey.occasion == Occasion.SUPERIOR:
        return _tell_coordinators(by, survey, at)
    return _tell(by, "training.feedback_asked", survey, asked(survey).order_by("pk"), at)


@transaction.atomic
def remind_unanswered(*, by: Actor, survey: Survey, at: datetime) -> int:
    """Reminds those whom a survey asks and who have not answered, each once; how many. It is known already who has
    answered and never what: this tells no more."""
    if survey.occasion == Occasion.SUPERIOR or timezone.localdate(at) >= survey.period.upper:
        return 0
    return _tell(by, "training.feedback_reminded", survey, unanswered(survey), at)


def _tell(by: Actor, template: str, survey: Survey, people: Iterable[Person], at: datetime) -> int:
    values = {**_values(survey), "link": reverse("training:answer", args=[survey.key])}
    return tell(
        by=by,
        template=template,
        unit=survey.training_class.unit,
        about=survey,
        occasion=survey.key,
        to=[(person, values) for person in people],
        at=at,
        good_until=begins(survey.period.upper),
    )


def _tell_coordinators(by: Actor, survey: Survey, at: datetime) -> int:
    rows = Enrolment.objects.filter(training_class=survey.training_class_id, person__in=asked(survey))
    units = {unit.pk: unit.key for unit in Unit.objects.filter(pk__in=rows.values("unit"))}
    keepers = coordinators_of(units, on=timezone.localdate(at))
    return notify_all(
        by=by,
        template="training.superiors_wanted",
        unit=survey.training_class.unit,
        letters=[
            Letter(
                once=f"training.superiors_wanted:{survey.key}:{units[unit]}:{user.key}",
                user=user,
                values={**_values(survey), "link": reverse("training:follow_up", args=[units[unit]])},
                about=thing_key(survey),
            )
            for unit, users in keepers.items()
            for user in users
        ],
        at=at,
        good_until=begins(survey.period.upper),
    )


@transaction.atomic
def tell_superior(*, by: Actor, ask: SuperiorAsk, superior: Person, at: datetime) -> int:
    """Tells a superior about whom they are asked. How many are told: 1, or 0 when they were told before."""
    survey = ask.survey
    link = reverse("training:superior_answer", args=[ask.key])
    return tell(
        by=by,
        template="training.superior_asked",
        unit=survey.training_class.unit,
        about=ask,
        occasion=ask.key,
        to=[(superior, {**_values(survey), "learner": ask.person.full_name, "link": link})],
        at=at,
        good_until=begins(survey.period.upper),
    )


def _values(survey: Survey) -> dict[str, object]:
    found = survey.training_class
    return {"class": found.code, "course": found.course.title, "last": survey.period.upper - timedelta(days=1)}
