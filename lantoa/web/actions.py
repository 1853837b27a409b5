"""What is done across rooms from the desks."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import connection, transaction

from lantoa.accounts.actions import Issued, create_account, issue_link, issue_links
from lantoa.accounts.models import User
from lantoa.common.refused import N_, Refused
from lantoa.directory.access import may_all_of, roles_held
from lantoa.directory.actions.merging import Merged, merge_people
from lantoa.directory.actions.people import link_user
from lantoa.directory.actions.roles import grant_role
from lantoa.directory.models import Person, Role, RoleGrant, Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.jobs import start_job
from lantoa.office.models import Job
from lantoa.training.actions.merging import settle_enrolments
from lantoa.web.queries.audit import CHECK, EXPORT, Chosen, last_check


@transaction.atomic
def give_way_in(*, by: Actor, person: Person, unit: Unit, kind: str, at: datetime, on: date) -> Issued:
    """A personal link or card for a person; the account and the role of a learner come with the first one.

    An earlier link or card of the same kind stops working. Refused for an account that may do more than the giver.
    """
    user = account_of(by=by, person=person, unit=unit, on=on)
    _refuse_more_than_own(by, [user], on=on)
    return issue_link(by=by, user=user, kind=kind, at=at)


@transaction.atomic
def print_cards(
    *, by: Actor, people: Sequence[tuple[Person, Unit]], kind: str, at: datetime, on: date
) -> list[Issued]:
    """A card for each person, all or none; cards printed before stop working."""
    if not people:
        raise Refused(N_("Cannot print cards: nobody is enrolled in this class."))
    users = [account_of(by=by, person=person, unit=unit, on=on) for person, unit in people]
    _refuse_more_than_own(by, users, on=on)
    return issue_links(by=by, users=users, kind=kind, at=at)


@transaction.atomic
def account_of(*, by: Actor, person: Person, unit: Unit, on: date) -> User:
    """The person's account, made when there is none, with the role of a learner on the unit."""
    person = Person.objects.select_for_update().get(pk=person.pk)  # its account is asked for once it is held
    user = person.user
    if user is None:
        user = create_account(by=by, full_name=person.full_name, is_demonstration=person.is_demonstration)
        link_user(by=by, person=person, user=user)
    if not RoleGrant.objects.filter(user=user, role=Role.LEARNER, until=None).exists():
        grant_role(by=by, user=user, role=Role.LEARNER, unit=unit, on=on)
    return user


def _refuse_more_than_own(by: Actor, users: Sequence[User], *, on: date) -> None:
    """A link opens all that its account may do, to whoever holds the paper: nobody makes one that opens more than
    they may do themselves. What a learner may concerns their own things only."""
    if not isinstance(by, User):
        return
    for grant in roles_held(users, on=on).exclude(user=by).exclude(role=Role.LEARNER):
        if not may_all_of(by, grant.role, grant.unit, on=on):
            raise Refused(
                N_(
                    "Cannot make a link or card for %(person)s: their account may do more than yours. They sign in "
                    "with their password."
                ),
                person=grant.user.full_name,
            )


# ---- two records of one person


@transaction.atomic
def merge(
    *,
    by: Actor,
    survivor: Person,
    merged: Person,
    at: datetime,
    on: date,
    reason: str = "",
    account: str = "",
    places: Collection[str] = (),
) -> Merged:
    """Two records become one person, in all rooms. `account`: whose stays when both have one ("survivor", "merged");
    `places`: the keys of the enrolments that stay where both are in one class."""
    return merge_people(
        by=by,
        survivor=survivor,
        merged=merged,
        at=at,
        on=on,
        reason=reason,
        account=account,
        settle=lambda journal: settle_enrolments(by=by, journal=journal, keep=places, at=at),
    )


def try_merge(
    *, by: Actor, survivor: Person, merged: Person, at: datetime, on: date, places: Collection[str] = ()
) -> Merged:
    """What a merge would do; nothing of it stays. Raises Refused as `merge` does. The account that stays is asked of
    the reader and does not change what is counted."""
    with transaction.atomic():
        done = merge(by=by, survivor=survivor, merged=merged, at=at, on=on, account="survivor", places=places)
        transaction.set_rollback(True)
    return done


# ---- the audit


@transaction.atomic
def start_export(
    *, by: Actor, what: str, kind: str, chosen: Chosen, lines: int, unit: Unit, language: str, at: datetime
) -> Job:
    """A long export of the ledger ("lines") or of the looks as .csv or .xlsx; the ledger says who took what."""
    note_export(by=by, what=what, kind=kind, chosen=chosen, lines=lines)
    arguments = {"what": what, "kind": kind, "chosen": chosen.data(), "lines": lines, "language": language}
    return start_job(by=by, kind=EXPORT, arguments={**arguments, "until": at.isoformat()}, unit=unit, at=at)


@transaction.atomic
def note_export(*, by: Actor, what: str, kind: str, chosen: Chosen, lines: int) -> None:
    """The line that says who took how many lines, of which choice, out of the house."""
    about = {"what": what, "format": kind, "lines": lines, "chosen": chosen.data()}
    record(by=by, act="web.export_audit", thing="ledger.entry", about=about)


@transaction.atomic
def start_check(*, by: Actor, unit: Unit, at: datetime) -> Job:
    """Has all lines, seals and looks checked; one check at a time: a second asker gets the one under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lantoa.web.check_seals'))")
    return last_check(active=True) or start_job(by=by, kind=CHECK, arguments={}, unit=unit, at=at)


__all__ = [
    "Merged",
    "account_of",
    "give_way_in",
    "merge",
    "note_export",
    "print_cards",
    "start_check",
    "start_export",
    "try_merge",
]
