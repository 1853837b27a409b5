"""What every table shares. Abstract only: common owns no table."""

import secrets

from django.db import models

# No vowels but a and e, no i, l, o, u: a key read aloud or printed is not mistaken, and rarely spells a word.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
KEY_LENGTH = 13


def new_key() -> str:
    """A random public id: 65 bits, so that nobody guesses a neighbour's address."""
    return "".join(secrets.choice(ALPHABET) for _ in range(KEY_LENGTH))


class Thing(models.Model):
    """Something with a public id: `id` stays inside, `key` stands in addresses and files."""

    key = models.CharField(max_length=KEY_LENGTH, unique=True, default=new_key, editable=False)

    class Meta:
        abstract = True
