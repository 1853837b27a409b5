"""What every table shares. Abstract only: common owns no table."""

import os

from django.db import models

# No vowels but a and e, no i, l, o, u: a key read aloud or printed is not mistaken, and rarely spells a word.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
KEY_LENGTH = 13
_LETTERS = (ALPHABET * 8).encode()  # a letter for each of the 256 bytes: each letter for eight of them


def new_key() -> str:
    """A random public id: 65 bits, so that nobody guesses a neighbour's address."""
    return os.urandom(KEY_LENGTH).translate(_LETTERS).decode()


class Thing(models.Model):
    """Something with a public id: `id` stays inside, `key` stands in addresses and files."""

    key = models.CharField(max_length=KEY_LENGTH, unique=True, default=new_key, editable=False)

    class Meta:
        abstract = True
