"""Months after a course: who is asked about a learner as their superior, by account or by a link without one."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.core.signing import Signer
from django.db import transaction
from django.utils import timezone

from lantoa.common.models import new_key
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.training.actions.feedback import SOMEBODY, answer
from lantoa.training.actions.feedback_notices import tell_superior
from lantoa.training.models import AnswerGiven, SuperiorAsk, Survey
from lantoa.training.queries.feedback import asked
from lantoa.training.queries.follow_up import LINK_SALT, ask_of_link
from lantoa.training.rules.feedback.occasions import Occasion


@transaction.atomic
def choose_superior(*, by: Actor, survey: Survey, person: Person, superior: Person, on: date) -> SuperiorAsk:
    """Asks this superior about the learner; a link made before opens nothing any more.

    Raises Refused for the learner themselves and for whoever has no account: they get a link.
    """
    ask = _ask(survey, person, on)
    if superior.pk == person.pk:
        raise Refused(N_("Cannot ask %(person)s about %(person)s: choose their superior."), person=person.full_name)
    if superior.user is None or not superior.user.is_active:
        raise Refused(
            N_(
                "Cannot ask %(superior)s about %(person)s: %(superior)s has no account. Make a link for them instead."
            ),
            superior=superior.full_name,
            person=person.full_name,
        )
    ask.superior, ask.link = superior, ""
    ask.save()
    record(by=by, act="training.choose_superior", thing=ask, about={"person": person.key, "superior": superior.key})
    return ask


@transaction.atomic
def choose_and_tell(*, by: Actor, survey: Survey, person: Person, superior: Person, at: datetime) -> SuperiorAsk:
    """`choose_superior`, and the superior is told."""
    ask = choose_superior(by=by, survey=survey, person=person, superior=superior, on=timezone.localdate(at))
    tell_superior(by=by, ask=ask, superior=superior, at=at)
    return ask


@transaction.atomic
def make_superior_link(*, by: Actor, survey: Survey, person: Person, on: date) -> str:
    """The token of a link by which whoever holds it answers about the learner, without an account, as long as the
    form is open; known here and now only. An earlier one opens nothing any more."""
    ask = _ask(survey, person, on)
    ask.superior, ask.link = None, new_key()
    ask.save()
    record(by=by, act="training.make_superior_link", thing=ask, about={"person": person.key})
    return Signer(salt=LINK_SALT).sign(f"{ask.key}.{ask.link}")


def _ask(survey: Survey, person: Person, on: date) -> SuperiorAsk:
    """The (locked) row of the learner; refused when nobody is to be asked about them now."""
    survey = Survey.objects.select_for_update(of=("self",)).select_related("training_class").get(pk=survey.pk)
    if survey.occasion != Occasion.SUPERIOR or not asked(survey).filter(pk=person.pk).exists():
        raise Refused(
            N_("Cannot ask a superior about %(person)s: class %(code)s does not ask about them."),
            person=person.full_name,
            code=survey.training_class.code,
        )
    if not survey.period.lower <= on < survey.period.upper:
        raise Refused(
            N_("Cannot ask a superior about %(person)s: the form was open until %(day)s."),
            person=person.full_name,
            day=f"{survey.period.upper - timedelta(days=1):%d/%m/%Y}",
        )
    if AnswerGiven.objects.filter(survey=survey, person=person).exists():
        raise Refused(
            N_("Cannot ask a superior about %(person)s: the answer is there already."), person=person.full_name
        )
    return SuperiorAsk.objects.filter(survey=survey, person=person).first() or SuperiorAsk(
        survey=survey, person=person
    )


def answer_by_link(*, token: str, values: Mapping[str, str], on: date) -> None:
    """Keeps the answer of whoever holds the link. Raises Refused when it opens nothing any more."""
    ask = ask_of_link(token, on=on)
    if ask is None:
        raise Refused(
            N_(
                "Cannot keep the answer: this link no longer opens anything. Ask the coordinator of the unit for a"
                " new one."
            )
        )
    answer(by=SOMEBODY, survey=ask.survey, person=ask.person, values=values, on=on)
