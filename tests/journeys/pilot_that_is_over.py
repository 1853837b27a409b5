"""A pilot of the coordinator's ward that ended yesterday; its last value, its gates and its end are for the journey
to say."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from lantoa.directory.models import Role, RoleGrant
from lantoa.ledger.rules import Machine
from lantoa.pilots.actions.measuring import enter_reading, write_gate
from lantoa.pilots.actions.pilots import add_measure, fix_plan, plan_pilot
from lantoa.pilots.models import Measure, PainPoint

BY = Machine("walk")
NAME, CODE, MEASURED = "Khai một lần tại bộ phận một cửa (đã thử)", "khai-mot-lan-da-thu", "Số phút chờ của một hồ sơ"


def made() -> None:
    """A baseline of 40 minutes, two values on the way, a gate half-way and one on the last day."""
    ward = RoleGrant.objects.get(user__username="dieuphoi", role=Role.UNIT_COORDINATOR, until=None).unit
    last = timezone.localdate() - timedelta(days=1)
    first = last - timedelta(days=120)
    before = first - timedelta(days=10)
    pilot = plan_pilot(
        by=BY,
        code=CODE,
        name=NAME,
        unit=ward,
        problem="Người dân khai lại trên giấy điều đã có trong cơ sở dữ liệu.",
        hypothesis="Nếu dùng lại dữ liệu thì thời gian chờ giảm, vì không phải khai lại.",
        first=first,
        last=last,
        pain=PainPoint.objects.latest("pk"),
    )
    measure = add_measure(
        by=BY, pilot=pilot, name=MEASURED, counted_in="phút", direction="down", every=40, goal=Decimal(20)
    )
    _read(measure, 40, before, baseline=True)
    for day, bound in ((first + timedelta(days=60), 30), (last, 20)):
        criterion = f"Chờ không quá {bound} phút"
        write_gate(by=BY, pilot=pilot, day=day, criterion=criterion, on=before, measure=measure, bound=Decimal(bound))
    fix_plan(by=BY, pilot=pilot, at=timezone.make_aware(datetime.combine(before, time(9))), on=before)
    for days, value in ((40, 31), (80, 24)):
        _read(measure, value, first + timedelta(days=days))


def _read(measure: Measure, value: int, day: date, *, baseline: bool = False) -> None:
    at = timezone.make_aware(datetime.combine(day, time(9)))
    enter_reading(by=BY, measure=measure, value=Decimal(value), day=day, how="", at=at, on=day, baseline=baseline)
