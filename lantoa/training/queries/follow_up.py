"""Months after a course: about whom superiors are asked, who is asked, what has come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.signing import BadSignature, Signer
from django.db.models import Exists, OuterRef, QuerySet

from lantoa.directory.models import Person, Post
from lantoa.training.models import AnswerGiven, Enrolment, SuperiorAsk, Survey
from lantoa.training.rules.feedback.occasions import Occasion

LINK_SALT = "lantoa.training.superior"


@dataclass(frozen=True)
class Wanted:
    """A learner about whom a superior is to be asked. `ask` is None until somebody was chosen."""

    survey: Survey
    person: Person
    ask: SuperiorAsk | None
    answered: bool


def wanted_in(units: Sequence[int], *, on: date) -> list[Wanted]:
    """The learners with a post in the units (ids) that day whose superiors are asked now: those of whom nobody is
    chosen first. Five queries, however many."""
    surveys = Survey.objects.filter(occasion=Occasion.SUPERIOR, period__contains=on).select_related("training_class")
    by_class: dict[int, list[Survey]] = {}
    for survey in surveys.order_by("months", "pk"):
        by_class.setdefault(survey.training_class_id, []).append(survey)
    here = Post.objects.filter(person=OuterRef("person"), unit__in=units, period__contains=on)
    rows = (
        Enrolment.objects.filter(
            Exists(here), training_class__in=by_class, withdrawn_at=None, completed_at__isnull=False
        )
        .select_related("person")
        .order_by("person__sort_key", "pk")
    )
    asks = {
        (one.survey_id, one.person_id): one
        for one in SuperiorAsk.objects.filter(survey__in=surveys).select_related("superior")
    }
    given = set(AnswerGiven.objects.filter(survey__in=surveys).values_list("survey", "person"))
    found = [
        Wanted(survey, row.person, asks.get((survey.pk, row.person_id)), (survey.pk, row.person_id) in given)
        for row in rows
        for survey in by_class[row.training_class_id]
    ]
    return sorted(found, key=lambda one: (one.answered, one.ask is not None))


def asks_of(superior: Person, *, on: date) -> "QuerySet[SuperiorAsk]":
    """The learners about whom this superior is asked on that day and has not answered."""
    given = AnswerGiven.objects.filter(survey=OuterRef("survey"), person=OuterRef("person"))
    return (
        SuperiorAsk.objects.filter(~Exists(given), superior=superior, survey__period__contains=on)
        .select_related("survey__form", "survey__training_class__course", "person")
        .order_by("person__sort_key", "pk")
    )


def ask_of_link(token: str, *, on: date) -> SuperiorAsk | None:
    """Whom the link asks about; None alike for one that was never made, was replaced, or whose days are over."""
    try:
        key, _dot, link = Signer(salt=LINK_SALT).unsign(token).partition(".")
    except BadSignature:
        return None
    rows = SuperiorAsk.objects.filter(key=key, survey__period__contains=on).exclude(link="")
    return rows.filter(link=link).select_related("survey__form", "survey__training_class__course", "person").first()


def is_answered(ask: SuperiorAsk) -> bool:
    """Whether the answer about this learner is there."""
    return AnswerGiven.objects.filter(survey=ask.survey_id, person=ask.person_id).exists()
