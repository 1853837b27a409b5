"""What can be told of accounts and of the ways in."""

from datetime import datetime
from functools import cache

from django.db.models import Q, QuerySet

from lantoa.accounts.models import Authenticator, PersonalLink, User
from lantoa.accounts.rules import clean_username, token_hash
from lantoa.common.keyring import secret
from lantoa.common.ready import asking, columns


def user_named(username: str) -> User | None:
    """The account of that name, however it was typed."""
    return User.objects.filter(username=clean_username(username)).first()


def link_of(token: str, *, at: datetime) -> PersonalLink | None:
    """The link or card that this token opens at that moment, with its account, and `asks_code`: whether the account
    has one-time codes. One query.

    None alike for a token that is unknown, revoked or expired and for an account that is closed: a stranger does
    not learn which.
    """
    with asking() as cursor:
        cursor.execute(_statement(), [token_hash(secret("links"), token), at])
        row = cursor.fetchone()
    if row is None:
        return None
    link, user = columns(PersonalLink, "l")[0], columns(User, "u")[0]
    found: PersonalLink = PersonalLink.from_db("default", link, row[: len(link)])
    found.user = User.from_db("default", user, row[len(link) : -1])
    found.asks_code = row[-1]  # type: ignore[attr-defined]
    return found


@cache
def _statement() -> str:
    """A province asks it within minutes: it is put together once (decision 0034)."""
    listed = f"{columns(PersonalLink, 'l')[1]}, {columns(User, 'u')[1]}"
    return f"""
        SELECT {listed}, EXISTS (SELECT 1 FROM accounts_authenticator t
                                  WHERE t.user_id = u.id AND t.confirmed_at IS NOT NULL)
          FROM accounts_personallink l JOIN accounts_user u ON u.id = l.user_id
         WHERE l.token_hash = %s AND l.revoked_at IS NULL AND (l.expires_at IS NULL OR l.expires_at > %s)
           AND u.is_active"""


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
