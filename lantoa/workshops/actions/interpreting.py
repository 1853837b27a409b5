"""Naming interpreters, and keeping the glossary they share."""

from datetime import datetime

from django.db import transaction

from lantoa.accounts.models import User
from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.workshops.actions.telling import held
from lantoa.workshops.models import Interpreter, Term, Workshop
from lantoa.workshops.queries.interpreting import MOST_TERMS
from lantoa.workshops.rules.words import OVER


@transaction.atomic
def name_interpreter(*, by: Actor, workshop: Workshop, username: str, at: datetime) -> Interpreter:
    """This account may use the booth from now on. Named twice it is named once."""
    workshop = _open(workshop)
    user = User.objects.filter(username=username.strip().lower(), is_active=True).first()
    if user is None:
        raise Refused(
            N_("Cannot name the interpreter: there is no open account “%(username)s”."),
            username=username.strip()[:80],
        )
    made, new = Interpreter.objects.get_or_create(
        workshop=workshop, account=user.actor_key, defaults={"named_by": by.actor_key, "named_at": at}
    )
    if new:
        record(by=by, act="workshops.name_interpreter", thing=workshop, about={"account": user.actor_key})
    return made


@transaction.atomic
def release_interpreter(*, by: Actor, interpreter: Interpreter) -> None:
    """The account may not use the booth any more. Pressed twice it is done once."""
    rows = Interpreter.objects.filter(pk=interpreter.pk)
    if rows.delete()[0]:
        about = {"account": interpreter.account}
        record(by=by, act="workshops.release_interpreter", thing=interpreter.workshop, about=about)


@transaction.atomic
def add_term(*, by: Actor, workshop: Workshop, vi: str, en: str, note: str = "") -> Term:
    """One word more in the glossary."""
    workshop = _open(workshop)
    if workshop.terms.count() >= MOST_TERMS:
        raise Refused(
            N_("Cannot add the word: the glossary of “%(name)s” is full (%(most)d)."),
            name=workshop.name,
            most=MOST_TERMS,
        )
    with only_one(Refused(N_("Cannot add “%(word)s”: it stands in the glossary already."), word=vi)):
        made = Term.objects.create(workshop=workshop, vi=vi, en=en, note=note)
    record(by=by, act="workshops.add_term", thing=workshop, about={"term": made.key})
    return made


@transaction.atomic
def remove_term(*, by: Actor, term: Term) -> None:
    """A word goes. Pressed twice it is done once."""
    if Term.objects.filter(pk=term.pk).delete()[0]:
        record(by=by, act="workshops.remove_term", thing=term.workshop, about={"term": term.key})


@transaction.atomic
def carry_terms(*, by: Actor, workshop: Workshop) -> int:
    """Takes over the glossary of the workshop before, as far as its words do not stand here; how many."""
    workshop = _open(workshop)
    if workshop.previous_id is None:
        raise Refused(N_("Cannot carry the glossary over: no workshop before it is chosen."))
    known = set(workshop.terms.values_list("vi", flat=True))
    old = Term.objects.filter(workshop=workshop.previous_id).exclude(vi__in=known).order_by("pk")
    made = Term.objects.bulk_create(
        [Term(workshop=workshop, vi=one.vi, en=one.en, note=one.note) for one in old[: MOST_TERMS - len(known)]]
    )
    if made:
        record(by=by, act="workshops.carry_terms", thing=workshop, about={"terms": len(made)})
    return len(made)


def _open(workshop: Workshop) -> Workshop:
    workshop = held(workshop)
    if workshop.state == OVER:
        raise Refused(N_("Cannot change who interprets “%(name)s”, or its words: it is over."), name=workshop.name)
    return workshop
