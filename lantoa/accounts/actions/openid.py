"""OpenID Connect: whom a provider's subject lets in. It opens an account that exists, and gives no right."""

from datetime import datetime

from django.db import IntegrityError, transaction

from lantoa.accounts.models import Identity, User
from lantoa.accounts.queries import has_codes
from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor


@transaction.atomic
def bind_identity(*, by: Actor, user: User, issuer: str, subject: str, at: datetime) -> Identity:
    """From now on this subject of the issuer signs in to the account. Binding it again changes nothing.

    Refused when the subject opens another account, when the account has another subject of this issuer, and for a
    closed or a demonstration account.
    """
    if not user.is_active or user.is_demonstration:
        raise Refused(
            N_("Cannot bind the account “%(username)s”: it is closed or a demonstration's."), username=user.username
        )
    known = Identity.objects.filter(issuer=issuer, subject=subject).first()
    if known is not None and known.user_id == user.pk:
        return known
    try:
        with transaction.atomic():
            made = Identity.objects.create(
                user=user, issuer=issuer, subject=subject, bound_by=by.actor_key, bound_at=at
            )
    except IntegrityError:
        raise Refused(
            N_(
                "Cannot bind the account “%(username)s”: the identity opens another account, or the account is"
                " bound already. Take that back first."
            ),
            username=user.username,
        ) from None
    record(by=by, act="accounts.identity_bound", thing=user, about={"identity": made.key})
    return made


@transaction.atomic
def unbind_identity(*, by: Actor, identity: Identity) -> None:
    """The subject no longer opens the account."""
    record(by=by, act="accounts.identity_unbound", thing=identity.user, about={"identity": identity.key})
    identity.delete()


@transaction.atomic
def sign_in_by_identity(*, issuer: str, subject: str) -> User | None:
    """The account that this verified subject opens; None when it is bound to none. Refused for a closed account."""
    known = Identity.objects.select_related("user").filter(issuer=issuer, subject=subject).first()
    if known is None:
        return None
    user = known.user
    if not user.is_active or user.is_demonstration:
        raise Refused(N_("Cannot sign in: your account is closed. Ask your administrator."))
    if not has_codes(user):
        record(by=user, act="accounts.signed_in", thing=user, about={"way": "openid"})
    return user


__all__ = ["bind_identity", "sign_in_by_identity", "unbind_identity"]
