"""Who stands behind an actor's key."""

from collections.abc import Iterable

from lantoa.accounts.models import User


def names_of(actor_keys: Iterable[str]) -> dict[str, str]:
    """The names of users by their actor keys ("user:0abc..."); a machine keeps the name it gave. One query."""
    wanted = set(actor_keys)
    users = [key.removeprefix("user:") for key in wanted if key.startswith("user:")]
    found = dict(User.objects.filter(key__in=users).values_list("key", "full_name")) if users else {}
    return {key: found.get(key.removeprefix("user:"), key.removeprefix("machine:")) for key in wanted}
