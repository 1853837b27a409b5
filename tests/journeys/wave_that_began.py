"""The spread of the journey as it is three weeks later: the first wave has begun. Nobody can wait for it, so the same
version of the playbook is carried to the same units once more, by the same acts, with an earlier day."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from lantoa.ledger.rules import Machine
from lantoa.pilots.actions.spreads import add_units, add_wave, begin_spread, settle_order
from lantoa.pilots.models import Spread

BY = Machine("walk")
NAME = "Nhân rộng khai một lần, đợt đã bắt đầu"


def made() -> None:
    """Its order is the list's; the coordinator's ward is in the first wave."""
    today = timezone.localdate()
    settled = today - timedelta(days=30)
    before = timezone.make_aware(datetime.combine(settled, time(9)))
    planned = Spread.objects.select_related("unit", "version").latest("pk")
    units = [one.unit for one in planned.adoptions.select_related("unit").order_by("place")]
    spread = begin_spread(by=BY, unit=planned.unit, version=planned.version, name=NAME)
    add_units(by=BY, spread=spread, units=units, at=before)
    add_wave(by=BY, spread=spread, starts_on=today - timedelta(days=21), capacity=len(units))
    settle_order(by=BY, spread=spread, at=before, on=settled, units=[unit.key for unit in units])
