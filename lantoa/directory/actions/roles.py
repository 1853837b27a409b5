"""Roles: who may do what, where, from when."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

from lantoa.accounts.models import User
from lantoa.common.refused import N_, Refused
from lantoa.directory.access import HOLDERS
from lantoa.directory.models import Role, RoleGrant, Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor


@transaction.atomic
def grant_role(*, by: Actor, user: User, role: str, unit: Unit, on: date) -> RoleGrant:
    """The user has the role on the unit and everything under it, from `on` on. Giving it twice changes nothing."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two who give at once come in turn
    running = RoleGrant.objects.filter(user=user, role=role, unit=unit, until=None).first()
    if running is not None:
        return running
    if role not in Role.values:
        raise Refused(N_("Cannot grant %(role)s: there is no such role."), role=role)
    if not user.is_active:
        raise Refused(N_("Cannot grant a role to %(user)s: the account is closed."), user=user.full_name)
    if not unit.placements.exists():
        raise Refused(N_("Cannot grant a role here: the unit has never stood anywhere."))
    grant = RoleGrant.objects.create(user=user, role=role, unit=unit, since=on, granted_by=by.actor_key)
    record(
        by=by,
        act="directory.grant_role",
        thing=grant,
        about={"user": user.key, "role": role, "unit": unit.key},
    )
    return grant


@transaction.atomic
def take_role_back(*, by: Actor, grant: RoleGrant, on: date) -> RoleGrant:
    """From `on` on the role no longer holds. The last administrator's role stays."""
    grant = RoleGrant.objects.select_for_update().select_related("user", "unit").get(pk=grant.pk)
    if grant.until is not None and grant.until <= on:
        return grant
    if grant.role == Role.ADMINISTRATOR and grant.user.is_active and not another_administrator(grant, on):
        raise Refused(
            N_("Cannot take the role of administrator from %(user)s: nobody else has it for this unit."),
            user=grant.user.full_name,
        )
    grant.until = on
    grant.save(update_fields=["until"])
    record(
        by=by,
        act="directory.take_role_back",
        thing=grant,
        about={"user": grant.user.key, "role": grant.role, "unit": grant.unit.key},
    )
    return grant


def another_administrator(grant: RoleGrant, on: date) -> bool:
    """Whether someone else administers this unit, by a grant on it or above. The rows are held until the end."""
    others = (
        RoleGrant.objects.select_for_update()
        .filter(role=Role.ADMINISTRATOR, user__is_active=True, since__lte=on)
        .filter(Q(until=None) | Q(until__gt=on))
        .exclude(user=grant.user)
        .filter(unit_id__in=RawSQL(HOLDERS, [grant.unit_id, on, on]))
    )
    return bool(list(others.values_list("pk", flat=True)))
