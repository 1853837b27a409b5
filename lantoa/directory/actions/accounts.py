"""Accounts for those who work with the house, made and opened again by whoever gives the roles."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from lantoa.accounts.actions import create_account, deactivate, reactivate, rename, reset_password
from lantoa.accounts.actions.codes import reset_codes
from lantoa.accounts.actions.openid import bind_identity, unbind_identity
from lantoa.accounts.models import Identity, User
from lantoa.common.refused import N_, Refused
from lantoa.directory.access import may_all_of
from lantoa.directory.actions.people import link_user
from lantoa.directory.actions.roles import another_administrator, grant_role
from lantoa.directory.models import Person, Role, RoleGrant, Unit
from lantoa.ledger.rules import Actor


@dataclass(frozen=True)
class FirstPassword:
    """An account and the password made up for it. The password is known here and now only: what is kept is its
    hash, and at the first sign-in another one has to be chosen."""

    user: User
    password: str = field(repr=False)


@transaction.atomic
def create_staff_account(
    *,
    by: Actor,
    full_name: str,
    username: str,
    email: str,
    role: str,
    unit: Unit,
    on: date,
    person: Person | None = None,
) -> FirstPassword:
    """A new account with a first password and a role on the unit; `person` is whose account it is, if known.

    Raises Refused when the username is taken or not one, when the role allows more than the giver may do there,
    and when the person has an account.
    """
    if isinstance(by, User) and not may_all_of(by, role, unit, on=on):
        raise Refused(
            N_("Cannot create the account “%(username)s”: its role would allow more than you may do yourself."),
            username=username,
        )
    user = create_account(
        by=by,
        full_name=full_name,
        username=username,
        email=email,
        is_demonstration=person is not None and person.is_demonstration,
    )
    password = reset_password(by=by, user=user)
    grant_role(by=by, user=user, role=role, unit=unit, on=on)
    if person is not None:
        link_user(by=by, person=person, user=user)
    return FirstPassword(user, password)


@transaction.atomic
def make_first_password(*, by: Actor, user: User, on: date) -> FirstPassword:
    """A new first password for someone who forgot theirs; the old one and every session of the account end.

    Raises Refused as `refuse_first_password` does.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)  # no role is given in between
    refuse_first_password(giver=by, user=user, on=on)
    return FirstPassword(user, reset_password(by=by, user=user))


def refuse_first_password(*, giver: Actor, user: User, on: date) -> None:
    """Whoever knows the first password may do all that the account may: it is made only by those who may do all of
    that themselves, on every unit where the account has a role. Raises Refused, also for one's own account and a
    closed one."""
    if giver.actor_key == user.actor_key:
        raise Refused(
            N_("Cannot make a first password for “%(username)s”: it is your own account; change your password."),
            username=user.username,
        )
    if not user.is_active:
        raise Refused(
            N_("Cannot make a first password for “%(username)s”: the account is closed."), username=user.username
        )
    if not does_no_more(giver, user, on=on):
        raise Refused(
            N_("Cannot make a first password for “%(username)s”: the account may do more than yours."),
            username=user.username,
        )


def does_no_more(giver: Actor, user: User, *, on: date) -> bool:
    """Whether the giver may do all that the account may: on every unit where it has a role, a learner's aside, which
    concern their own things only."""
    if not isinstance(giver, User) or giver.pk == user.pk:
        return True
    running = RoleGrant.objects.filter(Q(until=None) | Q(until__gt=on), user=user).exclude(role=Role.LEARNER)
    return all(may_all_of(giver, grant.role, grant.unit, on=on) for grant in running.select_related("unit"))


def refuse_greater(*, giver: Actor, user: User, on: date) -> None:
    """Nobody closes, renames or passes on an account that may do more than their own."""
    if not does_no_more(giver, user, on=on):
        raise Refused(
            N_("Cannot change the account “%(username)s”: it may do more than yours."), username=user.username
        )


def refuse_last_administrator(*, user: User, on: date) -> None:
    """An account is not closed while it alone administers a unit."""
    for grant in running_roles(user, on=on).filter(role=Role.ADMINISTRATOR).select_related("unit"):
        if not another_administrator(grant, on):
            raise Refused(
                N_("Cannot close the account “%(username)s”: nobody else administers its unit."),
                username=user.username,
            )


@transaction.atomic
def rename_account(*, by: Actor, user: User, username: str, on: date) -> User:
    """Another name to sign in with. Refused for an account that may do more than the giver's, or a name not free."""
    refuse_greater(giver=by, user=user, on=on)
    return rename(by=by, user=user, username=username)


@transaction.atomic
def close_account(*, by: Actor, user: User, on: date) -> None:
    """Nobody signs in to it any more; its roles stay as they are. Refused for one's own, a greater one's, and the
    last administrator's."""
    refuse_greater(giver=by, user=user, on=on)
    refuse_last_administrator(user=user, on=on)
    deactivate(by=by, user=user)


@transaction.atomic
def open_account(*, by: Actor, user: User, on: date) -> None:
    """A closed account is opened again, with what it may do. Refused for one that may do more than the giver's."""
    refuse_greater(giver=by, user=user, on=on)
    reactivate(by=by, user=user)


@transaction.atomic
def reset_account_codes(*, by: Actor, user: User, on: date) -> None:
    """For a lost telephone. Refused for one's own account and one that may do more than the giver's."""
    refuse_greater(giver=by, user=user, on=on)
    reset_codes(by=by, user=user)


@transaction.atomic
def bind_account(*, by: Actor, user: User, issuer: str, subject: str, at: datetime, on: date) -> Identity:
    """This subject of the provider signs in to the account. Refused for one that may do more than the giver's."""
    refuse_greater(giver=by, user=user, on=on)
    return bind_identity(by=by, user=user, issuer=issuer, subject=subject, at=at)


@transaction.atomic
def unbind_account(*, by: Actor, identity: Identity, on: date) -> None:
    """The provider no longer signs in to the account."""
    refuse_greater(giver=by, user=identity.user, on=on)
    unbind_identity(by=by, identity=identity)


def running_roles(user: User, *, on: date) -> "QuerySet[RoleGrant]":
    """The roles that the account has on that day or will have, held until the end of the transaction."""
    held = RoleGrant.objects.select_for_update(of=("self",)).filter(Q(until=None) | Q(until__gt=on), user=user)
    return held.order_by("id")


__all__ = [
    "FirstPassword",
    "bind_account",
    "close_account",
    "create_staff_account",
    "does_no_more",
    "make_first_password",
    "open_account",
    "refuse_first_password",
    "refuse_greater",
    "refuse_last_administrator",
    "rename_account",
    "reset_account_codes",
    "running_roles",
    "unbind_account",
]
