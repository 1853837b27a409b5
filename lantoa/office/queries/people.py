"""Who stands behind an actor's key."""

from collections.abc import Callable, Iterable

from lantoa.accounts.models import User

# By the kind of actor ("token"): how a room above finds the names of its own. It enters itself at start-up.
NAMERS: dict[str, Callable[[Iterable[str]], dict[str, str]]] = {}


def names_of(actor_keys: Iterable[str]) -> dict[str, str]:
    """The names of users by their actor keys ("user:0abc..."); a machine keeps the name it gave. A query a kind."""
    by_kind: dict[str, list[str]] = {}
    for actor in set(actor_keys):
        kind, _colon, key = actor.partition(":")
        by_kind.setdefault(kind, []).append(key)
    found: dict[str, str] = {}
    for kind, keys in by_kind.items():
        names = _users(keys) if kind == "user" else NAMERS[kind](keys) if kind in NAMERS else {}
        found |= {f"{kind}:{key}": names.get(key, key if kind == "machine" else f"{kind}:{key}") for key in keys}
    return found


def _users(keys: Iterable[str]) -> dict[str, str]:
    return dict(User.objects.filter(key__in=list(keys)).values_list("key", "full_name"))
