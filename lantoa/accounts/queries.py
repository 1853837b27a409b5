"""What can be told of accounts and of the ways in."""

from datetime import datetime

from django.db.models import Q, QuerySet

from lantoa.accounts.models import Authenticator, PersonalLink, User
from lantoa.accounts.rules import clean_username, token_hash
from lantoa.common.keyring import secret


def user_named(username: str) -> User | None:
    """The account of that name, however it was typed."""
    return User.objects.filter(username=clean_username(username)).first()


def link_of(token: str, *, at: datetime) -> PersonalLink | None:
    """The link or card that this token opens at that moment, with its account.

    None alike for a token that is unknown, revoked or expired and for an account that is closed: a stranger does
    not learn which.
    """
    return (
        running(at)
        .select_related("user")
        .filter(token_hash=token_hash(secret("links"), token), user__is_active=True)
        .first()
    )


def running(at: datetime) -> QuerySet[PersonalLink]:
    """The links and cards that are neither revoked nor expired at that moment."""
    return PersonalLink.objects.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None)


def has_codes(user: User) -> bool:
    """Whether a one-time code is asked of the account after every way in."""
    return Authenticator.objects.filter(user=user).exclude(confirmed_at=None).exists()


def account_with_email(address: str) -> User | None:
    """The one open account with this address; None when there are several or none."""
    found = list(User.objects.filter(email__iexact=address, is_active=True, is_demonstration=False)[:2])
    return found[0] if address and len(found) == 1 else None
