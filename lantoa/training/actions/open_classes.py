"""Open classes: opened to everybody, joined by the public page, left by a link."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.signing import Signer
from django.db import transaction

from lantoa.accounts import throttle
from lantoa.accounts.rules import Limit, Subject
from lantoa.common.keyring import secret
from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import clean
from lantoa.directory.actions.people import add_person
from lantoa.directory.models import Person
from lantoa.directory.rules.people import NewPerson
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor, Machine
from lantoa.training.actions import classes
from lantoa.training.models import Enrolment, Joining, OpenClass, TrainingClass
from lantoa.training.queries.open_classes import LEAVE_SALT

VISITOR = Machine("open-class")  # whoever joins by the public page, for the ledger
PER_ADDRESS = Limit(30, timedelta(hours=1))  # a family or a small business behind one address, not a machine
LEFT = "Người đăng ký tự rút qua liên kết"  # kept with the enrolment, official


@transaction.atomic
def open_class(*, by: Actor, training_class: TrainingClass, until: date, about: str, on: date) -> OpenClass:
    """The class stands on the public page until that day (included); again: its day and words change."""
    last = training_class.programme.period.upper - timedelta(days=1)
    if not on <= until <= last:
        raise Refused(
            N_("Cannot open class %(code)s until %(day)s: the last day to join lies between %(first)s and %(last)s."),
            code=training_class.code,
            day=f"{until:%d/%m/%Y}",
            first=f"{on:%d/%m/%Y}",
            last=f"{last:%d/%m/%Y}",
        )
    opened, _new = OpenClass.objects.update_or_create(
        training_class=training_class, defaults={"until": until, "about": clean(about)[:600]}
    )
    record(by=by, act="training.open_class", thing=opened, about={"until": until.isoformat()})
    return opened


@transaction.atomic
def close_class(*, by: Actor, opened: OpenClass, on: date) -> None:
    """From now on nobody joins by the public page; whoever has joined stays."""
    opened = OpenClass.objects.select_for_update().get(pk=opened.pk)
    if opened.until >= on:
        opened.until = on - timedelta(days=1)
        opened.save(update_fields=["until"])
        record(by=by, act="training.close_class", thing=opened)


@dataclass(frozen=True)
class Visitor:
    """What somebody says of themselves: no more than the class needs."""

    full_name: str
    phone: str = ""
    email: str = ""
    kind: str = Joining.Kind.CITIZEN
    business: str = ""


def join(*, opened: OpenClass, visitor: Visitor, consent: str, address: str, at: datetime, on: date) -> Joining:
    """Enrols a visitor who agreed to the words `consent`. A new person each time: who looks like somebody known is
    shown to the officers as a possible duplicate, never merged.

    Raises Refused: not open, no place left, no consent, no way to reach them, too many from one address.
    """
    code = opened.training_class.code
    _count(code, address, at)
    if not consent:
        raise Refused(
            N_("Cannot join class %(code)s: you have not agreed to the use of your data for it."), code=code
        )
    if not visitor.phone.strip() and not visitor.email.strip():
        raise Refused(N_("Cannot join class %(code)s: give a telephone number or an e-mail address."), code=code)
    if visitor.kind == Joining.Kind.BUSINESS and not clean(visitor.business):
        raise Refused(N_("Cannot join class %(code)s: give the name of the business."), code=code)
    return _join(opened, visitor, consent, at, on)


@transaction.atomic
def _join(opened: OpenClass, visitor: Visitor, consent: str, at: datetime, on: date) -> Joining:
    # the class first, as everybody who enrols does; then its state is the one of now
    found = TrainingClass.objects.select_for_update().get(pk=opened.training_class_id)
    opened = OpenClass.objects.get(pk=opened.pk)
    if on > opened.until:
        raise Refused(
            N_("Cannot join class %(code)s: the last day to join was %(day)s."),
            code=found.code,
            day=f"{opened.until:%d/%m/%Y}",
        )
    if classes.enrolled(found).count() >= found.capacity:
        raise Refused(
            N_("Cannot join class %(code)s: it has no place left (%(capacity)d of %(capacity)d)."),
            code=found.code,
            capacity=found.capacity,
        )
    person = add_person(
        by=VISITOR,
        new=NewPerson(full_name=visitor.full_name, phone=visitor.phone, email=visitor.email),
        on=on,
        source=f"training.open_class:{opened.key}",
    )
    (enrolment,) = classes.enrol(
        by=VISITOR,
        training_class=found,
        places=[classes.Place(person, found.unit)],
        source=f"training.open_class:{opened.key}",
        at=at,
    )
    joining = Joining.objects.create(
        open_class=opened,
        enrolment=enrolment,
        kind=visitor.kind,
        business=clean(visitor.business)[:200] if visitor.kind == Joining.Kind.BUSINESS else "",
        consent=consent[:600],
        consented_at=at,
    )
    record(by=VISITOR, act="training.join_open_class", thing=joining, about={"class": found.key})
    return joining


def _count(code: str, address: str, at: datetime) -> None:
    """Counts every try of an address, those that succeed too: a machine could else fill a class."""
    if not address:
        return
    digest = hmac.digest(secret("throttle"), f"join\0{address}".encode(), "sha256")
    try:
        throttle.count([Subject(digest, PER_ADDRESS)], at=at)
    except Refused as refused:
        raise Refused(
            N_("Cannot join class %(code)s: too many have tried from your network. Try again after %(time)s."),
            code=code,
            time=refused.values["time"],
        ) from refused


def leaving_token(joining: Joining) -> str:
    """The token of the link by which whoever joined leaves again."""
    return Signer(salt=LEAVE_SALT).sign(joining.key)


@transaction.atomic
def leave(*, joining: Joining, at: datetime) -> None:
    """Takes whoever joined out of the class and their consent back; what they gave to be reached by is erased, unless
    they are somebody here for another reason. Once: a second time changes nothing."""
    joining = (
        Joining.objects.select_for_update(of=("self",))
        .select_related("enrolment__person", "enrolment__training_class")
        .get(pk=joining.pk)
    )
    if joining.withdrawn_at is not None:
        return
    enrolment = joining.enrolment
    if enrolment.withdrawn_at is None:
        classes.withdraw(by=VISITOR, enrolment=enrolment, reason=LEFT, at=at)
    joining.withdrawn_at = at
    joining.business = joining.business and "–"
    joining.save(update_fields=["withdrawn_at", "business"])
    if _is_only_here(enrolment):
        Person.objects.filter(pk=enrolment.person_id).update(phone="", email="")
    record(by=VISITOR, act="training.leave_open_class", thing=joining)


def _is_only_here(enrolment: Enrolment) -> bool:
    person = enrolment.person
    others = person.enrolments.exclude(pk=enrolment.pk)
    return person.user_id is None and not others.exists() and not person.posts.exists()
