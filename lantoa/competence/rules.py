"""What courses know as pure values: no Django, no database, no clock."""

from dataclasses import dataclass
from decimal import Decimal

PHONE_SIZED = 5 * 1024 * 1024  # bytes: more takes over half a minute on a slow mobile line (1.25 Mbit/s)


@dataclass(frozen=True)
class LinkText:
    """A material that is a link."""

    title: str
    url: str


@dataclass(frozen=True)
class TopicText:
    """A topic as a form or a file says it."""

    title: str
    hours: Decimal
    outcomes: tuple[str, ...] = ()
    links: tuple[LinkText, ...] = ()


def too_large_for_phones(size: int) -> bool:
    """Whether a file of that many bytes is a burden on a phone."""
    return size > PHONE_SIZED
