"""Vi Hương and its spread in the demonstration, with pain points and a running pilot of one ward.

That Vi Hương tried it in 2020 with 622 households in 9 hamlets for about four months, what it tried, and that the
province then had it done elsewhere, was published (`lantoa/pilots/data/`). Every day, value, gate, vote and step here
is invented, and the pages say so.
"""

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone

from lantoa.directory.models import Person, Unit
from lantoa.directory.queries.units import unit_finder, units_under
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.pilots.actions.adopting import ask_help, check_fidelity, give_help
from lantoa.pilots.actions.measuring import decide_gate, enter_reading, write_gate
from lantoa.pilots.actions.pains import report_pain, vote, weigh
from lantoa.pilots.actions.pilots import add_measure, decide_pilot, fix_plan, plan_pilot
from lantoa.pilots.actions.playbooks import load_playbook
from lantoa.pilots.actions.spreads import add_units, add_wave, begin_spread, settle_order
from lantoa.pilots.models import Measure, Pilot, Playbook, Spread, StepDone
from lantoa.pilots.queries.playbooks import book_of, shipped
from lantoa.pilots.rules.windows import months_later
from lantoa.programmes.models import Field

CODE: Final = "vi-huong-2020"
FIRST, LAST = date(2020, 8, 1), date(2020, 11, 30)
INVENTED: Final = (
    "Có thật, đã công bố: nơi thử, 622 hộ, 2.626 nhân khẩu, 9 thôn, khoảng bốn tháng, nội dung đã làm. "
    "Bịa ra để minh họa: mọi ngày tháng, số đo, mốc, kinh phí và lời của quyết định."
)
SPREAD_INVENTED: Final = (
    "Tỉnh có nhân rộng mô hình là thật, đã công bố. "
    "Thứ tự, các đợt, các bước và ngày của từng xã ở đây đều bịa ra để minh họa."
)
VALUES: Final = {  # measure -> counted in, goal, baseline, values month by month: all invented
    "Hộ dùng kênh liên lạc với xã": ("hộ", 400, 40, (120, 230, 350, 430)),
    "Thôn có wifi công cộng": ("thôn", 9, 1, (3, 5, 8, 9)),
    "Lượt khám, tư vấn từ xa trong tháng": ("lượt", 60, 0, (8, 21, 47, 66)),
}
PAINS: Final = (  # heard of in many communes in 2025; that it is this ward is invented
    ("Khai lại trên giấy điều đã có trong cơ sở dữ liệu", "chinh-quyen-so", 5200, 40_000_000, 4, 9),
    ("Phần mềm một cửa không phân việc theo lĩnh vực", "chinh-quyen-so", 900, 15_000_000, 5, 5),
    ("Người cao tuổi chưa tự nộp được hồ sơ trực tuyến", "xa-hoi-so", 2100, 25_000_000, 3, 7),
)


def show_pilots(*, by: Actor, ward: Unit, on: date) -> None:
    """Vi Hương, its playbook and spread; the pain points and the running pilot of the ward."""
    if Pilot.objects.filter(code=CODE).exists():
        return
    with transaction.atomic():
        _pain_points(by, ward, on)
    finder = unit_finder()
    places = [finder.resolve(*names, on=FIRST).unit for names in
              (("Xã Vi Hương", "Huyện Bạch Thông", "Tỉnh Bắc Kạn"), ("Tỉnh Bắc Kạn",))]  # fmt: skip
    commune, province = (Unit.objects.filter(pk=pk or 0).first() for pk in places)
    if commune is None or province is None:
        return
    with transaction.atomic():
        _vi_huong(by, commune, province)


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))


def _vi_huong(by: Actor, commune: Unit, province: Unit) -> None:
    before = date(2020, 7, 20)
    made = plan_pilot(
        by=by,
        code=CODE,
        name="Chuyển đổi số cấp xã tại Vi Hương",
        unit=commune,
        problem="Xã miền núi 622 hộ, 9 thôn: người dân khó gặp chính quyền, khó bán hàng, khó khám bệnh.",
        hypothesis="Nếu có sóng, wifi và một kênh liên lạc chung thì người dân dùng dịch vụ từ xa, vì đỡ đi xa.",
        first=FIRST,
        last=LAST,
        fields=list(Field.objects.filter(code__in=["chinh-quyen-so", "kinh-te-so", "xa-hoi-so", "y-te"])),
        demonstration=True,
        invented=INVENTED,
    )
    measures = []
    for name, (counted_in, goal, baseline, _values) in VALUES.items():
        one = add_measure(
            by=by, pilot=made, name=name, counted_in=counted_in, direction="up", every=30, goal=Decimal(goal)
        )
        _read(by, one, baseline, before, baseline=True)
        measures.append(one)
    gates = [
        write_gate(by=by, pilot=made, day=day, criterion=words, on=before, measure=measures[0], bound=Decimal(bound))
        for day, words, bound in (
            (date(2020, 10, 1), "Ít nhất 200 hộ dùng kênh liên lạc", 200),
            (LAST, "Ít nhất 400 hộ dùng kênh liên lạc", 400),
        )
    ]
    fix_plan(by=by, pilot=made, at=_moment(date(2020, 7, 25)), on=date(2020, 7, 25))
    for one, (_counted_in, _goal, _baseline, values) in zip(measures, VALUES.values(), strict=True):
        for number, value in enumerate(values, 1):
            _read(by, one, value, date(2020, 8 + number, 1) if number < 4 else LAST)
    for gate, words in zip(gates, ("230 hộ", "430 hộ"), strict=True):
        decide_gate(by=by, gate=gate, passed=True, words=words, on=gate.on)
    reason = "Các mốc đều đạt; xã khác trong tỉnh làm theo được."
    made = decide_pilot(by=by, pilot=made, outcome="spread", reason=reason, on=date(2020, 12, 5))
    book = load_playbook(
        by=by, unit=province, text=shipped()[f"{CODE}.toml"], at=_moment(date(2020, 12, 10)), pilot=made
    )
    _spread(by, commune, province, book.playbook)


def _read(by: Actor, of: Measure, value: int, day: date, *, baseline: bool = False) -> None:
    enter_reading(
        by=by,
        measure=of,
        value=Decimal(value),
        day=day,
        how="Bịa ra để minh họa",
        at=_moment(day),
        on=day,
        baseline=baseline,
    )


def _spread(by: Actor, commune: Unit, province: Unit, book: Playbook) -> None:
    settled = date(2020, 12, 20)
    version = book.versions.latest("number")
    made = begin_spread(
        by=by,
        unit=province,
        version=version,
        name="Nhân rộng mô hình Vi Hương ra toàn tỉnh",
        demonstration=True,
        invented=SPREAD_INVENTED,
    )
    communes = [one.unit for one in units_under(province, on=settled, level="commune") if one.unit_id != commune.pk]
    add_units(by=by, spread=made, units=communes, at=_moment(settled))
    for first in (date(2021, 1, 4), date(2021, 3, 1), date(2021, 5, 4)):
        add_wave(by=by, spread=made, starts_on=first, capacity=-(-len(communes) // 3))
    made = settle_order(by=by, spread=made, at=_moment(settled), on=settled, seed="2020" * 8)
    _steps(by, made)
    earliest = made.adoptions.earliest("place")
    asked = ask_help(
        by=by,
        adoption=earliest,
        text="Xã chưa có trạm 4G: làm bước nào trước được?",
        step="song-4g",
        at=_moment(date(2021, 1, 20)),
    )
    answer = "Làm wifi ở nhà văn hóa và kênh liên lạc trước; trạm thì đề nghị nhà mạng. (Lời bịa để minh họa.)"
    give_help(by=by, asked=asked, helper=commune, answer=answer, at=_moment(date(2021, 1, 22)))
    found = dict.fromkeys(book_of(version).steps, "as_written") | {"thuong-mai": "adapted"}
    day = date(2021, 6, 15)
    check_fidelity(
        by=by, adoption=earliest, found=found, words="Bịa ra để minh họa.", day=day, at=_moment(day), on=day
    )


def _steps(by: Actor, made: Spread) -> None:
    """What the communes have done, by lot, in one line of the ledger."""
    chance = random.Random("lantoa")
    steps = list(book_of(made.version).steps)
    rows = []
    for adoption in made.adoptions.select_related("wave").order_by("place"):
        assert adoption.wave is not None
        day = adoption.wave.starts_on
        for step in steps[: chance.choice((0, 2, 3, 4, 5, 6, 6, 6))]:
            day += timedelta(days=chance.randint(5, 30))
            rows.append(
                StepDone(adoption=adoption, step=step, on=day, entered_at=_moment(day), entered_by=by.actor_key)
            )
    StepDone.objects.bulk_create(rows)
    record(by=by, act="pilots.step_done", thing=made, about={"invented": len(rows)})


def _pain_points(by: Actor, ward: Unit, on: date) -> None:
    at = _moment(on - timedelta(days=80))
    people = list(Person.objects.filter(posts__unit=ward, posts__period__contains=on).distinct().order_by("pk")[:9])
    made = []
    for title, field, hit, cost, feasible, votes in PAINS:
        one = report_pain(
            by=by,
            unit=ward,
            title=title,
            text="Báo chí năm 2025 nêu ở nhiều xã, phường; ở phường này là bịa ra để minh họa.",
            fields=list(Field.objects.filter(code=field)),
            at=at,
            demonstration=True,
        )
        weigh(
            by=by, pain=one, people=hit, cost=Decimal(cost), feasibility=feasible, reason="Bịa ra để minh họa", at=at
        )
        for who in people[:votes]:
            vote(by=by, pain=one, person=who, at=at)
        made.append(one)
    first = on - timedelta(days=50)
    pilot = plan_pilot(
        by=by,
        code="khai-mot-lan",
        name="Khai một lần: dùng lại dữ liệu dân cư tại một cửa",
        unit=ward,
        problem=made[0].title,
        hypothesis="Nếu tờ khai điền sẵn từ dữ liệu đã có thì thời gian tại quầy giảm một nửa, vì dân chỉ đọc và ký.",
        first=first,
        last=months_later(first, 4) - timedelta(days=1),
        fields=list(Field.objects.filter(code="chinh-quyen-so")),
        budget=Decimal(40_000_000),
        paid_by="Ngân sách phường (bịa ra để minh họa)",
        pain=made[0],
        demonstration=True,
        invented="Thí điểm này và mọi số đo của nó đều bịa ra để minh họa.",
    )
    before = first - timedelta(days=20)
    wait = add_measure(
        by=by, pilot=pilot, name="Số phút tại quầy", counted_in="phút", direction="down", every=14, goal=Decimal(12)
    )
    share = add_measure(
        by=by, pilot=pilot, name="Hồ sơ điền sẵn", counted_in="%", direction="up", every=30, goal=Decimal(80)
    )
    _read(by, wait, 25, before, baseline=True)
    _read(by, share, 0, before, baseline=True)
    write_gate(
        by=by,
        pilot=pilot,
        day=on + timedelta(days=9),
        criterion="Trung bình không quá 18 phút tại quầy",
        on=before,
        measure=wait,
        bound=Decimal(18),
    )
    fix_plan(by=by, pilot=pilot, at=_moment(before), on=before)
    for days, minutes in ((14, 24), (28, 20)):
        _read(by, wait, minutes, first + timedelta(days=days))
    _read(by, share, 35, first + timedelta(days=30))
