"""Accounts and the ways in."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from lantoa.accounts.rules import clean_username
from lantoa.common.models import Thing


class UserManager(BaseUserManager["User"]):
    """Makes accounts; called by actions and tests only."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=clean_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(Thing, AbstractBaseUser):
    """Someone who can sign in. What they may do is said by the roles granted to them in the directory."""

    username = models.CharField(max_length=80, unique=True)
    full_name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)  # its password works on loopback only
    must_change_password = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    links_revoked = models.PositiveIntegerField(default=0)  # part of every session's hash: see decision 0007

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.full_name

    @property
    def actor_key(self) -> str:
        """How the ledger names this user."""
        return f"user:{self.key}"

    def get_session_auth_hash(self) -> str:
        """What a session must agree with: a new password or a revoked link ends every session before it."""
        return self._with_links(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under the signing secrets that were replaced."""
        for old in super().get_session_auth_fallback_hash():
            yield self._with_links(old)

    def _with_links(self, session_hash: str) -> str:
        return salted_hmac("lantoa.accounts.links", f"{session_hash}:{self.links_revoked}").hexdigest()


class PersonalLink(Thing):
    """A way in without a password: a link sent to one person, or a card printed for them.

    Only the hash of its token is kept, so a link cannot be shown twice: it is re-issued.
    """

    class Kind(models.TextChoices):
        LINK = "link"
        CARD = "card"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=4, choices=Kind)
    token_hash = models.BinaryField(unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)


class Throttle(models.Model):
    """How many tries a name, a device or an address has made in the running window. Names are kept hashed."""

    subject = models.BinaryField(primary_key=True)
    tries = models.PositiveIntegerField(default=0)
    window_ends_at = models.DateTimeField(db_index=True)


class Authenticator(Thing):
    """The secret of somebody's one-time codes (RFC 6238), sealed by a key outside the database."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="authenticator")
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)  # until a first code was right it asks for nothing
    last_step = models.BigIntegerField(default=0)  # a code of this step or an earlier one is not taken again


class RecoveryCode(Thing):
    """A code that counts once in place of the telephone's. Only its keyed hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.BinaryField(unique=True)
    used_at = models.DateTimeField(null=True)


class Identity(Thing):
    """Who the account is for a provider of OpenID Connect. It lets the account in and gives it no right."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    bound_by = models.CharField(max_length=60)
    bound_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_opens_one_account"),
            models.UniqueConstraint(fields=["issuer", "user"], name="one_identity_an_issuer"),
        ]
