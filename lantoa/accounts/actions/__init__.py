"""What can be done with accounts: make, close, sign in, set passwords, issue and revoke links and cards."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from lantoa.accounts import rules, throttle
from lantoa.accounts.models import PersonalLink, User
from lantoa.accounts.queries import has_codes, link_of, user_named
from lantoa.common.forms import tidy
from lantoa.common.keyring import secret
from lantoa.common.models import new_key
from lantoa.common.ready import asking
from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

NOT_RIGHT = N_("Cannot sign in: the username or the password is not right.")
CARD_UNKNOWN = N_(
    "Cannot sign in: no card has this code, or it no longer counts. Compare it letter by letter with the card,"
    " or ask the coordinator of your unit for a new one."
)
LINK_UNKNOWN = N_(
    "Cannot sign in: this link no longer opens anything. Ask the coordinator of your unit for a new one."
)


# ---- accounts


@transaction.atomic
def create_account(
    *,
    by: Actor,
    full_name: str,
    username: str = "",
    email: str = "",
    password: str | None = None,
    must_change_password: bool = True,
    is_demonstration: bool = False,
) -> User:
    """A new account. Without a password it opens by personal links and cards only; without a username one is
    made up for it. A password that somebody else chose has to be changed at the first sign-in.

    Raises Refused when the username is taken or not one, or the password is too weak.
    """
    user = User(
        username=rules.good_username(username) if username else f"p-{new_key()}",
        full_name=full_name,
        email=email,
        is_demonstration=is_demonstration,
        must_change_password=must_change_password and password is not None,
    )
    if password is None:
        user.set_unusable_password()
    else:
        _set_password(user, password, demonstration=is_demonstration)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(
            N_("Cannot create the account “%(username)s”: there is one of this name."), username=user.username
        ) from error
    record(by=by, act="accounts.created", thing=user, about={"demonstration": is_demonstration})
    return user


@transaction.atomic
def deactivate(*, by: Actor, user: User) -> None:
    """Closes the account: its sessions end with the next page, its links and its password open nothing.

    Raises Refused for one's own account.
    """
    if by.actor_key == user.actor_key:
        raise Refused(
            N_("Cannot close the account “%(username)s”: it is your own."),
            username=user.username,
        )
    _set_active(user, False)
    record(by=by, act="accounts.deactivated", thing=user)


@transaction.atomic
def reactivate(*, by: Actor, user: User) -> None:
    """Opens a closed account again."""
    _set_active(user, True)
    record(by=by, act="accounts.reactivated", thing=user)


@transaction.atomic
def rename(*, by: Actor, user: User, username: str) -> User:
    """The account is signed in to under another name. Raises Refused when it is taken or not one."""
    name = rules.good_username(username)
    if name == user.username:
        return user
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(username=name)
    except IntegrityError as error:
        raise Refused(
            N_("Cannot rename the account “%(username)s”: there is one named “%(other)s”."),
            username=user.username,
            other=name,
        ) from error
    user.refresh_from_db(fields=["username"])
    record(by=by, act="accounts.renamed", thing=user)
    return user


def _set_active(user: User, active: bool) -> None:
    user.is_active = active
    user.save(update_fields=["is_active"])


# ---- passwords


@transaction.atomic
def reset_password(*, by: Actor, user: User, password: str | None = None) -> str:
    """Gives the account a new first password, made up if none is given; it is told once and changed at the next
    sign-in. Every session of the account ends. Raises Refused when the password is too weak."""
    password = password or rules.new_password(secrets.choice)
    _set_password(user, password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    record(by=by, act="accounts.password_reset", thing=user)
    return password


def change_password(*, by: User, current: str, new: str, device: rules.Device, at: datetime) -> None:
    """The signed-in user's own new password; all other sessions of the account end.

    Raises Refused when the current one is wrong, was tried too often, or the new one is too weak.
    """
    counted = _subjects(by, by.username, device=device, address="", known=True)
    throttle.count(counted, at=at)
    if not by.check_password(tidy(current)):
        raise Refused(N_("Cannot change the password: the current one is not right."))
    _choose_password(by, new)
    throttle.take_back(counted, at=at)


@transaction.atomic
def choose_first_password(*, user: User, new: str) -> None:
    """The user's own password in place of the one somebody else chose; this completes the first sign-in.

    Raises Refused when it is the one to be replaced, or too weak.
    """
    if user.check_password(tidy(new)):
        raise Refused(N_("Cannot choose this password: it is the one you were given. Choose another one."))
    _choose_password(user, new)
    record(by=user, act="accounts.signed_in", thing=user, about={"way": "password"})


@transaction.atomic
def _choose_password(user: User, new: str) -> None:
    _set_password(user, new)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    record(by=user, act="accounts.password_chosen", thing=user)


def _set_password(user: User, password: str, *, demonstration: bool = False) -> None:
    """`demonstration`: a password that everybody may read needs not be strong, it opens nothing elsewhere."""
    password = tidy(password)
    if not demonstration:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise Refused(N_("Cannot set the password: %(reasons)s"), reasons=" ".join(error.messages)) from error
    user.set_password(password)


# ---- signing in


def sign_in_by_password(*, username: str, password: str, device: rules.Device, address: str, at: datetime) -> User:
    """The account that this name and password open.

    When `must_change_password` is set the user is not signed in yet: `choose_first_password` completes it.
    Raises Refused, with the same words and after the same work for a wrong name, a wrong password and a closed
    account; and when too many tries have failed (see decision 0007).
    """
    user = user_named(username)
    known = user is not None and device.knows(user.key)
    counted = _subjects(user, username, device=device, address=address, known=known)
    throttle.count(counted, at=at)
    password = tidy(password)[: rules.PASSWORD_LETTERS]
    if user is None:
        User().set_password(password)  # as much work as for a name that exists
        raise Refused(NOT_RIGHT)
    if not user.check_password(password) or not user.is_active:
        raise Refused(NOT_RIGHT)
    throttle.take_back(counted, at=at)
    if user.is_demonstration and (address or not settings.LOOPBACK):  # an address: somebody else's machine
        raise Refused(
            N_(
                "Cannot sign in as “%(username)s”: the passwords of demonstration accounts work only on a server"
                " that nobody else can reach."
            ),
            username=user.username,
        )
    if not user.must_change_password and not has_codes(user):  # else a further step completes the sign-in
        with transaction.atomic():
            record(by=user, act="accounts.signed_in", thing=user, about={"way": "password"})
    return user


def sign_in_by_card(*, code: str, device: rules.Device, address: str, at: datetime) -> PersonalLink:
    """The card whose typed code this is, used now. Raises Refused when there is none, or too many tries have
    failed."""
    counted = rules.subjects(secret("throttle"), device=device, address=address)
    throttle.count(counted, at=at)
    with transaction.atomic():
        card = use_link(token=code, at=at)
        if card is None:
            raise Refused(CARD_UNKNOWN)
        throttle.take_back(counted, at=at)
    return card


@transaction.atomic(savepoint=False)
def use_link(*, token: str, at: datetime) -> PersonalLink | None:
    """The link that this token opens (as `link_of` finds it), noted as used now by its own account; None when it
    opens nothing. The page that signs in does so in the same transaction: one commit for both.

    Tries are not counted: a token cannot be guessed, and a limit would only shut out the other forty phones behind
    the same address.
    """
    link = link_of(token, at=at)
    if link is None:
        return None
    link.last_used_at = at
    with asking() as cursor:
        cursor.execute("UPDATE accounts_personallink SET last_used_at = %s WHERE id = %s", [at, link.pk])
    asks_code: bool = link.asks_code  # type: ignore[attr-defined]
    act = "accounts.link_used" if asks_code else "accounts.signed_in"  # a code completes the sign-in
    record(by=link.user, act=act, thing=link.user, about={"way": link.kind, "link": link.key})
    return link


@contextmanager
def counting_tries(*, reader: User | None, address: str, at: datetime) -> Iterator[None]:
    """Counts what is tried within; a try that raises stays counted. Raises Refused when too many have failed.

    Six digits could else be guessed by a machine within a morning.
    """
    counted = rules.code_subjects(secret("throttle"), reader=reader.key if reader else "", address=address)
    throttle.count(counted, at=at)
    yield
    throttle.take_back(counted, at=at)


def _subjects(
    user: User | None, username: str, *, device: rules.Device, address: str, known: bool
) -> list[rules.Subject]:
    name = user.username if user else rules.clean_username(username)
    return rules.subjects(secret("throttle"), device=device, address=address, username=name, known=known)


# ---- personal links and cards


@dataclass(frozen=True)
class Issued:
    """A link or card just made. `token` is known here and now only: what is kept is its hash."""

    link: PersonalLink
    token: str

    @property
    def code(self) -> str:
        """The token as it is printed on a card: groups of four."""
        return rules.grouped(self.token)


@transaction.atomic
def issue_link(*, by: Actor, user: User, kind: str, at: datetime, expires_at: datetime | None = None) -> Issued:
    """A new link (`PersonalLink.Kind.LINK`) or card (`CARD`) for this account. An earlier one of the same kind is
    revoked by it, and sessions end as in `revoke_links`.

    Raises Refused for a closed account or an end that is not in the future.
    """
    if not user.is_active:
        raise Refused(
            N_("Cannot issue a link for %(name)s: the account “%(username)s” is closed."),
            name=user.full_name,
            username=user.username,
        )
    if expires_at is not None and expires_at <= at:
        raise Refused(
            N_("Cannot issue a link for %(name)s: it would have expired before it is made."),
            name=user.full_name,
        )
    revoked = _revoke(user, at=at, kind=kind)
    letters = rules.CARD_LETTERS if kind == PersonalLink.Kind.CARD else rules.LINK_LETTERS
    token = rules.new_token(letters, secrets.choice)
    link = PersonalLink.objects.create(
        user=user,
        kind=kind,
        token_hash=rules.token_hash(secret("links"), token),
        made_at=at,
        made_by=by.actor_key,
        expires_at=expires_at,
    )
    about = {"link": link.key, "kind": kind, "revoked": revoked}
    record(by=by, act="accounts.link_issued", thing=user, about=about)
    return Issued(link, token)


@transaction.atomic
def issue_links(
    *, by: Actor, users: Iterable[User], kind: str, at: datetime, expires_at: datetime | None = None
) -> list[Issued]:
    """The same for many accounts, all or none: the cards of a class. A line of the ledger for each account."""
    return [issue_link(by=by, user=user, kind=kind, at=at, expires_at=expires_at) for user in users]


@transaction.atomic
def revoke_links(*, by: Actor, user: User, at: datetime, kind: str | None = None) -> int:
    """Revokes the account's links and cards (or those of one kind); how many that were.

    If there was one, every session of the account ends at once, however it was begun: who else held the link is
    not known.
    """
    revoked = _revoke(user, at=at, kind=kind)
    record(by=by, act="accounts.links_revoked", thing=user, about={"links": revoked, "kind": kind})
    return len(revoked)


def _revoke(user: User, *, at: datetime, kind: str | None) -> list[str]:
    """Revokes the standing links; their keys. The user's row is taken first, so that two at once come in turn."""
    User.objects.select_for_update().get(pk=user.pk)
    standing = PersonalLink.objects.filter(user=user, revoked_at=None)
    if kind:
        standing = standing.filter(kind=kind)
    keys = list(standing.order_by("id").values_list("key", flat=True))
    if keys:
        standing.update(revoked_at=at)
        User.objects.filter(pk=user.pk).update(links_revoked=F("links_revoked") + 1)
        user.refresh_from_db(fields=["links_revoked"])
    return keys
