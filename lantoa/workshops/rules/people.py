"""Who is meant by a name and a telephone in a list of sites: somebody on record, somebody new, or it is asked."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from lantoa.common.vietnamese import spell
from lantoa.directory.rules.people import Known

NOBODY: Final = "-"
ADD: Final = "+"  # somebody new
Kind = Literal["none", "new", "known", "doubtful"]


class NewPerson(NamedTuple):
    """Somebody to be put on record, as a form or a list names them."""

    full_name: str
    phone: str


class Meant(NamedTuple):
    """What a name is: `people` are the one (known), or those whom it may mean (doubtful)."""

    kind: Kind
    people: tuple[Known, ...] = ()


def who_is(name: str, phone: str, unit: int | None, namesakes: Sequence[Known]) -> Meant:
    """Judges a name against the people on record who have it (marks aside). Nobody is ever taken silently who is not
    sure:

    1. the same telephone, or a post in the same unit and no other telephone on record: that person, if it is one and
       the name is spelled so; several, or another spelling: doubtful;
    2. a post in the same unit but another telephone: doubtful;
    3. nothing in common but the name: somebody new.
    """
    if not name:
        return Meant("none")
    here = [one for one in namesakes if unit is not None and unit in one.units]
    sure = [one for one in namesakes if phone and one.phone == phone]
    sure = sure or [one for one in here if not phone or not one.phone]
    exact = [one for one in sure if spell(one.full_name) == spell(name)]
    if len(exact) == 1:
        return Meant("known", (exact[0],))
    if sure:
        return Meant("doubtful", tuple(sure))
    if here:
        return Meant("doubtful", tuple(here))
    return Meant("new")


def choice_of(operator: str, deputy: str) -> str:
    """How a choice for both people of a site is written: the key of each, ADD or NOBODY."""
    return f"{operator} {deputy}"


def chosen(choice: str) -> tuple[str, str]:
    """The operator and the deputy of a choice."""
    operator, _, deputy = choice.partition(" ")
    return operator, deputy
