"""Sentences in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from lantoa.common.refused import Refused


def say(refused: Refused) -> str:
    """The refusal in the language of the current reader."""
    return fill(refused.message, refused.values)


def fill(message: str, values: Mapping[str, Any]) -> str:
    """The translation of `message` with its places filled; a value that is itself a refusal is said too."""
    said = {name: say(value) if isinstance(value, Refused) else value for name, value in values.items()}
    text = gettext(message)
    return text % said if said else text
