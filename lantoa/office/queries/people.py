"""Who stands behind an actor's key."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext

from lantoa.accounts.models import User
from lantoa.common.refused import N_
from lantoa.common.registry import Registry

# What a machine is called on pages, by the name it gave; a command keeps the name it is typed by.
MACHINES = {
    "anonymous": N_("a form without names"),
    "clock": N_("the system, at its hour"),
    "demonstration": N_("demonstration data"),
    "housekeeping": N_("the system, daily"),
    "open-class": N_("the page of open classes"),
    "webhooks": N_("the system, sending events"),
}


def names_of(actor_keys: Iterable[str]) -> dict[str, str]:
    """The names of users by their actor keys ("user:0abc..."); machines by their words. A query a kind."""
    by_kind: dict[str, list[str]] = {}
    for actor in set(actor_keys):
        kind, _colon, key = actor.partition(":")
        by_kind.setdefault(kind, []).append(key)
    found: dict[str, str] = {}
    for kind, keys in by_kind.items():
        namer = NAMERS.so_far.get(kind) or NAMERS.get(kind)
        names = namer(keys) if namer else {}
        found |= {f"{kind}:{key}": names.get(key, f"{kind}:{key}") for key in keys}
    return found


def _users(keys: Iterable[str]) -> dict[str, str]:
    return dict(User.objects.filter(key__in=list(keys)).values_list("key", "full_name"))


def _machines(keys: Iterable[str]) -> dict[str, str]:
    return {key: gettext(MACHINES[key]) if key in MACHINES else key for key in keys}


# By the kind of actor: how the names of its keys are found. A room above enters its own in its `tasks` ("token").
NAMERS: Registry[Callable[[Iterable[str]], dict[str, str]]] = Registry()
NAMERS.update({"user": _users, "machine": _machines})
