"""People as values: names, partial birth dates, identity numbers, telephone numbers, and who may be whom."""

import hmac
import re
from dataclasses import dataclass, field
from datetime import date

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import clean, fold, spell, title_name

_DIGITS = re.compile(r"[\s.\-()]+")


@dataclass(frozen=True)
class Birth:
    """A birth date of which a year, a year and a month, or all may be known."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def __bool__(self) -> bool:
        return self.year is not None

    def fits(self, other: "Birth") -> bool:
        """Whether both may be dates of the same person: what both know is equal."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(one is None or two is None or one == two for one, two in pairs)


def birth(year: int | None, month: int | None = None, day: int | None = None, *, on: date) -> Birth:
    """A checked birth date; `on` is today. Raises Refused for one that cannot be."""
    if year is None:
        if month is not None or day is not None:
            raise Refused(N_("A birth date needs a year."))
        return Birth()
    if day is not None and month is None:
        raise Refused(N_("A birth date with a day needs a month."))
    try:
        earliest = date(year, month or 1, day or 1)
    except ValueError:
        raise Refused(
            N_("There is no such birth date: %(day)s/%(month)s/%(year)s."),
            day=day or "--",
            month=month or "--",
            year=year,
        ) from None
    if year < 1900 or earliest > on:
        raise Refused(N_("Nobody here was born in %(year)s."), year=year)
    return Birth(year, month, day)


def person_name(text: str) -> str:
    """A full name, cleaned; written all in capitals or all small it gets readable ones. Raises Refused if empty."""
    name = clean(text)
    if not name:
        raise Refused(N_("A person needs a name."))
    if not any(letter.isalpha() for letter in name) or any(letter.isdigit() for letter in name):
        raise Refused(N_("%(name)s is not a name."), name=name)
    return title_name(name) if name.isupper() or name.islower() else name


def phone_number(text: str) -> str:
    """Digits only, +84 as 0; "" for nothing. Raises Refused for what is no number."""
    number = _DIGITS.sub("", clean(text))
    if not number:
        return ""
    if number.startswith("+84"):
        number = "0" + number[3:]
    digits = number.removeprefix("+")
    if not digits.isascii() or not digits.isdigit() or not 8 <= len(digits) <= 15:
        raise Refused(N_("%(number)s is not a telephone number."), number=text)
    return number


def id_number(text: str) -> str:
    """The citizen's number (12 digits, the old card 9). Raises Refused without repeating what was typed."""
    number = _DIGITS.sub("", clean(text))
    if not (number.isascii() and number.isdigit() and len(number) in (9, 12)):
        raise Refused(N_("A citizen's number has 12 digits, an old identity card's 9."))
    return number


def id_hash(secret: bytes, number: str) -> bytes:
    """The keyed hash (HMAC-SHA-256) that is kept instead of the number."""
    return hmac.digest(secret, number.encode(), "sha256")


@dataclass(frozen=True)
class NewPerson:
    """Someone to be added, with the post that is known of them."""

    full_name: str
    birth: Birth = field(default_factory=Birth)
    gender: str = ""
    phone: str = ""
    email: str = ""
    id_number: str = ""
    unit_id: int | None = None
    post_title: str = ""
    is_demonstration: bool = False


@dataclass(frozen=True)
class Sought:
    """A row of a roster, as far as it says who is meant. `id_hash` from `id_hash()`, b"" when no number is given."""

    full_name: str
    birth: Birth = field(default_factory=Birth)
    unit_id: int | None = None
    id_hash: bytes = b""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Known:
    """A person of the directory who may be the one meant. `posts`: (unit id, title), of any day."""

    id: int
    key: str
    full_name: str
    birth: Birth
    gender: str
    phone: str
    email: str
    id_hash: bytes
    posts: tuple[tuple[int, str], ...] = ()

    @property
    def units(self) -> frozenset[int]:
        return frozenset(unit for unit, _ in self.posts)


def likeness(sought: Sought, known: Known) -> int:
    """How sure it is that both are one: 3 the same number; 2 name, birth date and unit; 1 may be; 0 not.

    Two people are made one only by a person's decision; an import offers 1 for that and takes 3 and 2.
    """
    if sought.id_hash and known.id_hash:
        return 3 if sought.id_hash == known.id_hash else 0
    if fold(sought.full_name) != fold(known.full_name) or not sought.birth.fits(known.birth):
        return 0
    spelled = spell(sought.full_name) == spell(known.full_name)
    born = bool(sought.birth and known.birth)
    here = sought.unit_id is not None and sought.unit_id in known.units
    return 2 if spelled and born and here else 1
