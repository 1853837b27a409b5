"""Two targets of the city of which three wards have a share, the coordinator's among them."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from lantoa.directory.models import Level, Role, RoleGrant
from lantoa.directory.queries.units import children
from lantoa.ledger.rules import Machine
from lantoa.programmes.actions.targets import Share, make_target, share_out
from lantoa.programmes.rules.target_text import Goal, TargetText

BY = Machine("walk")
RATIO, COUNT = "HT-1", "HT-2"


def made() -> None:
    """A share of files handed in online, and a number of classes."""
    last_year = timezone.localdate().year - 1
    granted = {role: RoleGrant.objects.get(user__username=name, role=role, until=None).unit for name, role in (
        ("canbo", Role.PROGRAMME_OFFICER), ("dieuphoi", Role.UNIT_COORDINATOR))}  # fmt: skip
    city, ward = granted[Role.PROGRAMME_OFFICER], granted[Role.UNIT_COORDINATOR]
    others = [one.unit for one in children(city, on=timezone.localdate()) if one.level == Level.COMMUNE]
    wards = [ward, *[one for one in others if one != ward][:2]]
    since = date(last_year, 1, 1)
    for code, name, measure, roll_up, goal in (
        (RATIO, "Tỷ lệ hồ sơ nộp trực tuyến (hành trình)", "%", "ratio", 60),
        (COUNT, "Số lớp bồi dưỡng đã mở (hành trình)", "lớp", "sum", 4),
    ):
        text = TargetText(
            code,
            name,
            "government",
            "at_least",
            measure,
            since,
            definition="Theo biểu của văn phòng.",
            roll_up=roll_up,
            low=Decimal(0),
            high=Decimal(100),
            goals=(Goal(last_year, Decimal(goal)),),
        )
        target = make_target(by=BY, unit=city, text=text)
        share_out(by=BY, target=target, shares=[Share(one) for one in wards], way="copied", since=since)
