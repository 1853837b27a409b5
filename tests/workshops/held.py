"""Workshops for tests, made the short way."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import factories as make
import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from lantoa.common.refused import Refused
from lantoa.directory.models import Level, Unit
from lantoa.workshops.actions.workshops import change_state, create_workshop
from lantoa.workshops.models import AgendaItem, Site, Workshop

T0 = datetime(2026, 12, 1, 1, tzinfo=UTC)  # 8 o'clock in Vietnam
BEFORE = T0 - timedelta(days=7)
_number = itertools.count(1)


def workshop(unit: Unit | None = None, *, state: str = "draft", **values: Any) -> Workshop:
    """A workshop of a province, three hours long."""
    values.setdefault("name", "Hội thảo chuyển đổi số")
    values.setdefault("languages", ["vi", "en"])
    made = create_workshop(
        by=make.BY,
        unit=unit or make.unit(level=Level.PROVINCE, kind="Tỉnh"),
        code=f"ht-{next(_number)}",
        begins=T0,
        ends=T0 + timedelta(hours=3),
        at=BEFORE,
        **values,
    )
    for to in ("ready", "live", "over"):
        if made.state != state:
            made = change_state(by=make.BY, workshop=made, to=to, at=BEFORE)
    return made


def site(of: Workshop, code: str = "", **values: Any) -> Site:
    """A site of it; the tree by `above`."""
    number = next(_number)
    values.setdefault("name", f"Điểm cầu {number}")
    values.setdefault("place", number)
    values.setdefault("language", "vi")
    made = Site.objects.create(workshop=of, code=code or f"S{number}", **values)
    made.refresh_from_db()
    return made


def agenda(of: Workshop, *minutes: int) -> list[AgendaItem]:
    """Items of so many minutes each, one after the other from T0."""
    made, begins = [], T0
    for position, length in enumerate(minutes, 1):
        ends = begins + timedelta(minutes=length)
        made.append(
            AgendaItem.objects.create(
                workshop=of,
                position=position,
                title=f"Phần {position}",
                title_en=f"Part {position}",
                speaker="Bà Trần Thị Bích",
                during=DateTimeTZRange(begins, ends, "[)"),
                language="vi",
            )
        )
        begins = ends
    return made


def refusal(act: Callable[[], object]) -> str:
    """The words of the refusal that the act must end in."""
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value)
