"""What the room holds about people: their accounts and their ways in."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import ProtectedError, Q

from lantoa.accounts.models import Authenticator, Identity, PersonalLink, RecoveryCode, Throttle, User
from lantoa.common.personal import ANONYMISED, Gone, Perishable, Room, Subject, Table, declare
from lantoa.common.refused import N_
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

ERASED = "(đã xóa)"
WHY = N_(
    "Somebody held a role under this account: who could do what on which day must stay clear. It has no name, no "
    "e-mail and no way in any more."
)

ACCOUNTS = Table(
    User,
    N_("Account"),
    {
        "username": N_("Username"),
        "full_name": N_("Full name"),
        "email": N_("Email"),
        "joined_at": N_("Made"),
        "last_login": N_("Last sign-in"),
        "is_active": N_("Open"),
    },
    user=("pk",),
    beside=("key", "password"),
)
LINKS = Table(
    PersonalLink,
    N_("Personal links and cards"),
    {
        "kind": N_("Kind"),
        "made_at": N_("Made"),
        "expires_at": N_("Ends"),
        "revoked_at": N_("Revoked"),
        "last_used_at": N_("Last used"),
    },
    user=("user",),
    beside=("key", "token_hash", "made_by"),
)
CODES = Table(
    Authenticator,
    N_("One-time codes"),
    {"made_at": N_("Made"), "confirmed_at": N_("Turned on")},
    user=("user",),
    beside=("key", "sealed"),
)
RECOVERY_CODES = Table(
    RecoveryCode, N_("Recovery codes"), {"used_at": N_("Used")}, user=("user",), beside=("key", "code_hash")
)
IDENTITIES = Table(
    Identity,
    N_("Identities at a provider"),
    {"issuer": N_("Provider"), "subject": N_("Identity there"), "bound_at": N_("Bound")},
    user=("user",),
    beside=("key", "bound_by"),
)
WAYS_IN = (LINKS, CODES, RECOVERY_CODES, IDENTITIES)


@transaction.atomic
def erase(*, by: Actor, subject: Subject, at: datetime) -> list[Gone]:
    """Ways in and sessions end at once; the account goes, or stays without a name where a role points at it."""
    if subject.user is None:
        return []
    gone = [Gone(table.title, table.rows(subject).delete()[0]) for table in WAYS_IN]
    links = gone[0].count
    gone.append(Gone(N_("Sessions"), _end_sessions(subject.user)))
    user = User.objects.select_for_update().get(pk=subject.user)
    try:
        with transaction.atomic():
            user.delete()
        gone.append(Gone(ACCOUNTS.title, 1))
    except ProtectedError:
        user = User.objects.get(pk=subject.user)
        user.username, user.full_name, user.email = f"erased-{user.key}", ERASED, ""
        user.is_active, user.last_login = False, None
        user.links_revoked += 1
        user.set_unusable_password()
        user.save()
        gone.append(Gone(ACCOUNTS.title, 1, ANONYMISED, WHY))
    record(by=by, act="accounts.erased", thing=f"accounts.user:{subject.user_key}", about={"links": links})
    return gone


def _end_sessions(user: int) -> int:
    """A session's data are packed; each is read to see whose it is."""
    theirs = [one.pk for one in Session.objects.iterator() if one.get_decoded().get("_auth_user_id") == str(user)]
    return Session.objects.filter(pk__in=theirs).delete()[0]


def _dead(before: datetime) -> Q:
    return Q(revoked_at__lt=before) | Q(expires_at__lt=before)


def _due_links(before: datetime) -> int:
    return PersonalLink.objects.filter(_dead(before)).count()


@transaction.atomic
def _forget_links(*, by: Actor, before: datetime, at: datetime) -> int:
    return PersonalLink.objects.filter(_dead(before)).delete()[0]


def _due_tries(before: datetime) -> int:
    return Throttle.objects.filter(window_ends_at__lt=before).count()


@transaction.atomic
def _forget_tries(*, by: Actor, before: datetime, at: datetime) -> int:
    return Throttle.objects.filter(window_ends_at__lt=before).delete()[0]


PERSONAL = declare(
    Room(
        "accounts",
        (ACCOUNTS, *WAYS_IN),
        {Throttle: "counts of tries under a keyed hash; gone a day after their window"},
        erase,
        {},
        (
            Perishable(
                "accounts.links",
                N_("Personal links and cards that ended or were revoked"),
                30,
                N_("They open nothing; kept a while for questions about who got in."),
                _due_links,
                _forget_links,
            ),
            Perishable(
                "accounts.tries",
                N_("Counts of failed sign-ins, after their window"),
                1,
                N_("They guard the sign-in for minutes."),
                _due_tries,
                _forget_tries,
            ),
        ),
    )
)
