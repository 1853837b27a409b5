"""A refusal: the expected no, with its reason in words. Pure Python, so that rules may refuse too."""

from typing import Any


def N_(message: str) -> str:  # noqa: N802 -- the standard name of gettext's no-op
    """Marks a sentence for translation where it stands; it is translated where it is shown."""
    return message


class Refused(Exception):
    """What was asked cannot be done, and the asker is told why.

    `message` is an English sentence with `%(name)s` places, naming act, thing, reason and value; `values` fills
    them. The sentence is the key of its translation (see `lantoa.common.words.say`).
    """

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message, values)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message
