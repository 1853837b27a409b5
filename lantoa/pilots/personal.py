"""What the room holds about people: who voted, and from whose work a pain point was taken over."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from lantoa.common.personal import ANONYMISED, Gone, Perishable, Room, Subject, Table, declare
from lantoa.common.refused import N_
from lantoa.ledger.rules import Actor
from lantoa.pilots.models import (
    Adoption,
    CitizenWord,
    FidelityCheck,
    Gate,
    Help,
    Measure,
    PainPoint,
    Pilot,
    Playbook,
    PlaybookVersion,
    Reading,
    Spread,
    StepDone,
    Vote,
    Wave,
    Weight,
)
from lantoa.pilots.queries.pains import QUESTION, SUBMISSION
from lantoa.training.models import Submission
from lantoa.workshops.models import Question


def _said_by(subject: Subject) -> Q:
    """The pain points that were taken over from what the person handed in or asked."""
    handed_in = Submission.objects.filter(enrolment__person=subject.person).values_list("key", flat=True)
    asked = Question.objects.filter(person=subject.person).values_list("key", flat=True)
    sources = [*(f"{SUBMISSION}:{key}" for key in handed_in), *(f"{QUESTION}:{key}" for key in asked)]
    return Q(source__in=sources) if sources else Q(pk__in=[])


VOTES = Table(
    Vote, N_("Votes for pain points"), {"pain__title": N_("Pain point"), "at": N_("When")}, person=("person",)
)
PAINS = Table(
    PainPoint,
    N_("Pain points taken over from what was said"),
    {
        "title": N_("Pain point"),
        "text": N_("Text"),
        "source_words": N_("Where it was heard"),
        "reported_at": N_("When"),
    },
    other=_said_by,
    beside=("key", "source", "merge_reason", "reported_by"),
    fate=ANONYMISED,
    why=N_("The office's own words of what hurts stay; nothing leads to who said it any more."),
)


CONTACTS_KEPT, WORDS_KEPT = 180, 365  # days


def _written_by(subject: Subject) -> Q:
    """What was written by whoever left this telephone number or e-mail address."""
    return Q(contact__in=[mark for mark in subject.marks if mark]) & ~Q(contact="")


CITIZENS = Table(
    CitizenWord,
    N_("What was written by the public page"),
    {
        "text": N_("Text"),
        "name": N_("Name"),
        "contact": N_("Telephone or e-mail"),
        "consent": N_("Agreed to"),
        "said_at": N_("When"),
    },
    other=_written_by,
    beside=("key", "declined", "decided_by", "answered_by"),
    fate=ANONYMISED,
    why=N_("What hurts stays; nothing leads to who said it any more."),
)


def _reached(before: datetime) -> "QuerySet[CitizenWord]":
    return CitizenWord.objects.filter(said_at__lt=before).exclude(contact="")


def _forget_contacts(*, by: Actor, before: datetime, at: datetime) -> int:
    return _reached(before).update(name="", contact="", consent="")


def _not_taken_over(before: datetime) -> "QuerySet[CitizenWord]":
    return CitizenWord.objects.filter(said_at__lt=before, pain=None)


def _forget_words(*, by: Actor, before: datetime, at: datetime) -> int:
    return _not_taken_over(before).delete()[0]


@transaction.atomic
def erase(*, by: Actor, subject: Subject, at: datetime) -> list[Gone]:
    """Votes go; a pain point forgets from what it was taken over."""
    votes, _each = VOTES.rows(subject).delete()
    pains = PAINS.rows(subject).update(source="", source_words="")
    words = CITIZENS.rows(subject).update(name="", contact="", consent="")
    return [
        Gone(VOTES.title, votes),
        Gone(PAINS.title, pains, ANONYMISED, PAINS.why),
        Gone(CITIZENS.title, words, ANONYMISED, CITIZENS.why),
    ]


PERSONAL = declare(
    Room(
        "pilots",
        (VOTES, PAINS, CITIZENS),
        {
            Weight: "what a pain point weighs, in the office's words",
            Pilot: "what a unit tries, and what was decided",
            Measure: "what is measured",
            Reading: "a value on a day; who entered it stands as a key",
            Gate: "a criterion and whether it was met",
            Playbook: "a title",
            PlaybookVersion: "a file for other units, published",
            Spread: "which units take a playbook on",
            Wave: "days and places",
            Adoption: "a unit and its place in the order",
            StepDone: "what a unit has done; who entered it stands as a key",
            FidelityCheck: "whether it was done as written; who looked stands as a key",
            Help: "what a unit asks and another answers",
        },
        erase,
        perishables=(
            Perishable(
                "pilots.citizen_contacts",
                N_("How citizens are reached who wrote by the public page"),
                CONTACTS_KEPT,
                N_("Whoever has not been answered by then is not answered any more."),
                lambda before: _reached(before).count(),
                _forget_contacts,
            ),
            Perishable(
                "pilots.citizen_words",
                N_("What citizens wrote and nobody has taken over"),
                WORDS_KEPT,
                N_("What was taken over stands in the list in the office's words; the rest serves nobody."),
                lambda before: _not_taken_over(before).count(),
                _forget_words,
            ),
        ),
    )
)
