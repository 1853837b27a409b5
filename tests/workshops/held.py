"""Workshops for tests, made the short way."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import factories as make

from lantoa.directory.models import Level, Unit
from lantoa.workshops.actions.workshops import change_state, create_workshop
from lantoa.workshops.models import Site, Workshop

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
