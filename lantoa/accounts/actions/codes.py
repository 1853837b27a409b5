"""One-time codes as the second step of a sign-in: set up, asked, recovered, taken away."""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import F

from lantoa.accounts import rules, throttle
from lantoa.accounts.models import Authenticator, RecoveryCode, User
from lantoa.common.keyring import secret
from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

SECRET_BYTES = 20  # RFC 4226, section 4: 160 bits
NOT_RIGHT = N_("Cannot go on: this code is not right, or was used already. Take the one your telephone shows now.")


@transaction.atomic
def begin_codes(*, by: User, at: datetime) -> bytes:
    """The secret to show as a QR code; it asks for nothing before `confirm_codes`. The same one while it waits.

    Refused when the account has codes already."""
    user = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    known = Authenticator.objects.filter(user=user).first()
    if known is not None and known.confirmed_at is not None:
        raise Refused(N_("Cannot set up one-time codes: this account has them. Turn them off first."))
    if known is not None:
        return _secret_of(known)
    made = secrets.token_bytes(SECRET_BYTES)
    sealed = rules.seal(secret("codes"), user.key, made, secrets.token_bytes(12))
    Authenticator.objects.create(user=user, sealed=sealed, made_at=at)
    return made


def confirm_codes(*, by: User, typed: str, at: datetime) -> list[str]:
    """The first right code turns codes on; the recovery codes, known here and now only. Every other session of the
    account ends: it began without a code.

    Refused when the code is not right, or too many were tried.
    """
    counted = [rules.code_step_subject(secret("throttle"), by.key)]
    throttle.count(counted, at=at)
    with transaction.atomic():
        waiting = Authenticator.objects.select_for_update().filter(user=by, confirmed_at=None).first()
        if waiting is None:
            raise Refused(N_("Cannot turn on one-time codes: begin again with a new picture."))
        _take(waiting, rules.code_typed(typed), at)
        waiting.confirmed_at = at
        waiting.save(update_fields=["confirmed_at"])
        codes = _new_recovery_codes(by)
        User.objects.filter(pk=by.pk).update(links_revoked=F("links_revoked") + 1)
        by.refresh_from_db(fields=["links_revoked"])
        record(by=by, act="accounts.codes_on", thing=by)
    throttle.take_back(counted, at=at)
    return codes


def check_code(*, user: User, typed: str, at: datetime) -> None:
    """The second step: a code of the telephone, each taken once, or a recovery code, which then is used up.

    Refused when it is neither, or too many were tried.
    """
    counted = [rules.code_step_subject(secret("throttle"), user.key)]
    throttle.count(counted, at=at)
    with transaction.atomic():
        own = Authenticator.objects.select_for_update().filter(user=user).exclude(confirmed_at=None).first()
        if own is None:
            raise Refused(NOT_RIGHT)
        text = rules.code_typed(typed)
        way = "code"
        if len(text) == rules.RECOVERY_LETTERS:
            way = "recovery code"
            hashed = rules.recovery_hash(secret("codes"), user.key, text)
            if not RecoveryCode.objects.filter(user=user, code_hash=hashed, used_at=None).update(used_at=at):
                raise Refused(NOT_RIGHT)
        else:
            _take(own, text, at)
        record(by=user, act="accounts.signed_in", thing=user, about={"way": way})
    throttle.take_back(counted, at=at)


def _take(own: Authenticator, digits: str, at: datetime) -> None:
    """A code that counts now and has not counted before; the row is held, so that two at once are one."""
    step = rules.step_of_code(_secret_of(own), digits, at.timestamp(), after=own.last_step)
    if step is None:
        raise Refused(NOT_RIGHT)
    own.last_step = step
    own.save(update_fields=["last_step"])


def _secret_of(own: Authenticator) -> bytes:
    return rules.unseal(secret("codes"), own.user.key, bytes(own.sealed))


def new_recovery_codes(*, by: User, typed: str, at: datetime) -> list[str]:
    """Ten new recovery codes against a code of the telephone; those before stop working."""
    check_code(user=by, typed=typed, at=at)
    with transaction.atomic():
        codes = _new_recovery_codes(by)
        record(by=by, act="accounts.recovery_codes", thing=by)
    return codes


def _new_recovery_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [rules.new_token(rules.RECOVERY_LETTERS, secrets.choice) for _ in range(rules.RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=rules.recovery_hash(secret("codes"), user.key, code)) for code in codes
    )
    return [rules.grouped(code) for code in codes]


def turn_codes_off(*, by: User, typed: str, at: datetime) -> None:
    """One's own codes are asked no more, against a last one."""
    check_code(user=by, typed=typed, at=at)
    with transaction.atomic():
        _remove(by)
        record(by=by, act="accounts.codes_off", thing=by)


@transaction.atomic
def reset_codes(*, by: Actor, user: User) -> None:
    """For a lost telephone: the account signs in without a code until it sets up new ones. Its sessions end.

    Refused for an account without codes, and for one's own.
    """
    if by.actor_key == user.actor_key:
        raise Refused(
            N_("Cannot reset the one-time codes of “%(username)s”: it is your own account. Use a recovery code."),
            username=user.username,
        )
    if not _remove(user):
        raise Refused(
            N_("Cannot reset the one-time codes of “%(username)s”: the account has none."), username=user.username
        )
    User.objects.filter(pk=user.pk).update(links_revoked=F("links_revoked") + 1)
    record(by=by, act="accounts.codes_reset", thing=user)


def _remove(user: User) -> bool:
    RecoveryCode.objects.filter(user=user).delete()
    return bool(Authenticator.objects.filter(user=user).exclude(confirmed_at=None).delete()[0])


__all__ = ["begin_codes", "check_code", "confirm_codes", "new_recovery_codes", "reset_codes", "turn_codes_off"]
