"""Parts of lists, by the place of the last one read: what is added meanwhile shifts nothing, and the hundredth part
costs what the first one costs."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from lantoa.api.rules.problems import Problem
from lantoa.api.rules.shapes import Part
from lantoa.common.models import Thing
from lantoa.common.refused import N_

M = TypeVar("M", bound=Model)


def part_of(
    rows: "QuerySet[M]", part: Part, *, of: type[Thing] | None = None, by: str = ""
) -> tuple[list[M], str | None]:
    """The rows of the part in the order in which they were entered, and the key of the last when more follow.

    `of` and `by`: whose keys the parts are told by, when not the rows' own; `by` is the relation from a row to it.
    """
    place = f"{by}_id" if by else "pk"
    if part.after is not None:
        keyed: Any = of or rows.model
        # also of somebody merged since: the place in the list stays
        after = keyed._base_manager.filter(key=part.after).values_list("pk", flat=True).first()
        if after is None:
            raise Problem("not-found", N_("There is no such place in the list: begin again."))
        rows = rows.filter(**{f"{place}__gt": after})
    found = list(rows.order_by(place)[: part.limit + 1])
    if len(found) <= part.limit:
        return found, None
    last: Any = found[part.limit - 1]
    return found[: part.limit], (getattr(last, by) if by else last).key
