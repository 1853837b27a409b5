"""What stands behind the programmes of the demonstration: the real acts; what units run, all of it invented."""

import random
from datetime import date, datetime
from typing import Final

from django.utils import timezone

from lantoa.directory.models import Decision, Level, Unit
from lantoa.directory.queries.heirs import place_taken_of
from lantoa.directory.queries.units import children
from lantoa.ledger.rules import Actor
from lantoa.programmes.actions.acts import enter_act, relate_acts, rest_on
from lantoa.programmes.actions.budget import EntryText, enter_amount
from lantoa.programmes.actions.inventory import StageText, enter_system, say_stage
from lantoa.programmes.models import BudgetEntry, BudgetLine, LegalAct, System, Target
from lantoa.programmes.queries.budget import planned_standing
from lantoa.programmes.rules.acts import REPLACES, ActText
from lantoa.programmes.rules.budget import ALLOCATED, SPENT, Amount

NOTE: Final = "Minh họa, không có thật"
OF_THE_CITY: Final = (  # kind, name, since, connected to
    ("document_management", "Hệ thống quản lý văn bản và điều hành dùng chung", date(2021, 3, 1), ("data_sharing",)),
    ("one_stop", "Hệ thống giải quyết thủ tục hành chính dùng chung", date(2023, 9, 1), ("data_sharing",)),
    ("data_sharing", "Nền tảng tích hợp, chia sẻ dữ liệu", date(2020, 10, 1), ()),
    ("petitions", "Tổng đài 1022", date(2019, 5, 1), ()),
    ("video_conference", "Hội nghị truyền hình trực tuyến", date(2021, 7, 1), ()),
)
OF_A_COMMUNE: Final = (  # kind, name, how many of ten communes have it
    ("document_management", "Quản lý văn bản", 10),
    ("one_stop", "Một cửa điện tử", 9),
    ("video_conference", "Phòng họp trực tuyến", 8),
    ("e_signature", "Chữ ký số của phường", 9),
    ("network", "Mạng truyền số liệu chuyên dùng", 7),
    ("devices", "Máy tính của bộ phận một cửa", 10),
    ("public_wifi", "Wifi nơi tiếp dân", 3),
)
COMMUNES: Final = 40  # so many of the 168 have entered something


ACTS: Final = (  # number, issued on, issuer, title, kind, in force from, evidence (K: the title is shortened)
    ("749/QĐ-TTg", date(2020, 6, 3), "Thủ tướng Chính phủ",
     'Phê duyệt "Chương trình Chuyển đổi số quốc gia đến năm 2025, định hướng đến năm 2030"', "decision", None, "F"),
    ("2393/QĐ-UBND", date(2020, 7, 3), "Ủy ban nhân dân Thành phố Hồ Chí Minh",
     "Phê duyệt Chương trình Chuyển đổi số của Thành phố Hồ Chí Minh", "decision", None, "F"),
    ("922/QĐ-BTTTT", date(2022, 5, 20), "Bộ Thông tin và Truyền thông",
     "Bộ chỉ số đánh giá chuyển đổi số (tên rút gọn)", "decision", None, "K"),
    ("405/QĐ-BKHCN", date(2025, 4, 3), "Bộ Khoa học và Công nghệ",
     "Bộ chỉ số đánh giá chuyển đổi số, thay thế Quyết định 922 (tên rút gọn)", "decision", None, "K"),
    ("278/2025/NĐ-CP", date(2025, 10, 22), "Chính phủ",
     "Về kết nối, chia sẻ dữ liệu bắt buộc (tên rút gọn)", "decree", None, "K"),
    ("148/2025/QH15", date(2025, 12, 11), "Quốc hội", "Luật Chuyển đổi số", "law", date(2026, 7, 1), "F"),
)  # fmt: skip


def enter_acts(*, by: Actor, city: Unit) -> None:
    """The acts behind the city's programme, as far as they are known; nothing when they are there."""
    made = {}
    for number, issued_on, issuer, title, kind, starts, mark in ACTS:
        decision = Decision.objects.filter(number=number, issued_on=issued_on, issuer=issuer).first()
        text = ActText(number, issued_on, issuer, decision.title if decision else title, kind, starts, mark=mark)
        known = LegalAct.objects.filter(decision=decision).first() if decision else None
        made[number] = known or enter_act(by=by, unit=city, text=text)
    old, new = made["922/QĐ-BTTTT"], made["405/QĐ-BKHCN"]
    if not old.touched_by.exists():
        relate_acts(by=by, act=new, other=old, way=REPLACES)
    national = made["749/QĐ-TTg"]
    if not national.targets.exists():
        mine = Target.objects.filter(unit=city, parent=None)
        rest_on(by=by, act=national, programmes=national.programmes.all(), targets=mine)


def spend_money(*, by: Actor, at: datetime) -> None:
    """Allocates and spends what the programmes of the files plan, all of it invented; one line above what it has."""
    lines = list(BudgetLine.objects.filter(is_demonstration=True).order_by("pk"))
    if BudgetEntry.objects.filter(line__in=lines, kind=SPENT).exists():
        return
    for number, line in enumerate(lines):
        planned = sum(one.amount for one in planned_standing(line))
        day = line.programme.period.lower
        spent = planned * 104 // 100 if number == 1 else planned * 9 // 10
        for kind, amount in ((ALLOCATED, planned), (SPENT, spent)):
            text = EntryText(kind, day, Amount(amount), note=NOTE)
            if day <= timezone.localdate(at):
                enter_amount(by=by, line=line, text=text, at=at)


def keep_inventory(*, by: Actor, city: Unit, coordinated: Unit, at: datetime) -> None:
    """Enters invented systems; nothing when there are some. `coordinated`: the ward of the coordinator."""
    if System.objects.exists():
        return
    on, chance = timezone.localdate(at), random.Random("lantoa")
    for kind, name, since, links in OF_THE_CITY:
        text = StageText(since, "running", name, links=links, note=NOTE)
        enter_system(by=by, unit=city, kind=kind, text=text, at=at, demonstration=True)
    listed = [one.unit for one in children(city, on=on) if one.level == Level.COMMUNE]
    mine = [one for one in listed if one.pk == coordinated.pk]
    for unit in [*mine, *[one for one in listed if one.pk != coordinated.pk][: COMMUNES - len(mine)]]:
        for kind, name, often in OF_A_COMMUNE:
            if chance.randrange(10) < often:
                _of_commune(by, unit, kind, name, chance, at)

    for unit in Unit.objects.filter(pk__in=place_taken_of(coordinated.pk, on=on)).order_by("pk")[:2]:
        since = max(date(2022, 1, 1), unit.placements.earliest("period").period.lower)
        text = StageText(since, "running", "Loa truyền thanh thông minh", users=None, note=NOTE)
        enter_system(by=by, unit=unit, kind="loudspeakers", text=text, at=at, demonstration=True)


def _of_commune(by: Actor, unit: Unit, kind: str, name: str, chance: random.Random, at: datetime) -> None:
    first = unit.placements.order_by("period").values_list("period", flat=True)[0].lower
    since = max(first, date(chance.choice((2025, 2026)), 7 if first.year == 2025 else 1, 1))
    since = min(since, timezone.localdate(at))
    links = ("data_sharing",) if kind == "one_stop" and chance.randrange(10) < 7 else ()
    users = chance.randint(15, 60)
    text = StageText(since, "running", name, users=users, cost=users * 1_200_000, links=links, note=NOTE)
    made = enter_system(by=by, unit=unit, kind=kind, text=text, at=at, demonstration=True)
    if kind == "network" and chance.randrange(4) == 0:
        broken = StageText(timezone.localdate(at), "broken", name, users=users, links=links, note=NOTE)
        if broken.since > since:
            say_stage(by=by, system=made, text=broken, at=at)
