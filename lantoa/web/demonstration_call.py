"""A running call for nominations in the demonstration: one ward has answered, one declined, the others are asked.

Everybody in it is invented.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from lantoa.directory.actions.people import add_person
from lantoa.directory.models import Person, Unit
from lantoa.directory.rules.people import Birth, NewPerson
from lantoa.ledger.rules import Actor
from lantoa.programmes.models import Programme
from lantoa.training.actions.calls import ask_units, open_call
from lantoa.training.actions.nominations import decline, nominate
from lantoa.training.models import Enrolment

CODE = "DP-5"
PLACES = 4
STAFF = (
    ("Tạ Ngọc Minh Khuê", 1991, "Công chức văn phòng – thống kê"),
    ("Đoàn Quốc Hưng Thịnh", 1987, "Công chức tư pháp – hộ tịch"),
    ("Ninh Thị Hoài Sương", 1994, "Chuyên viên Trung tâm Phục vụ hành chính công"),
)
OTHERS = (
    ("Kiều Gia Bảo Long", 1990, "Chuyên viên văn hóa – xã hội"),
    ("Từ Thị Mỹ Duyên", 1989, "Công chức địa chính – xây dựng"),
    ("Viên Đình Phúc", 1985, "Phó Chánh Văn phòng"),
)


def ask_for_people(*, by: Actor, programme: Programme, ward: Unit, at: datetime) -> None:
    """Asks units for people for the class that nobody is in yet; `ward` is the coordinator's, and has not answered.
    Nothing when that was asked already."""
    on = timezone.localdate(at)
    made = programme.classes.get(code=CODE)
    if made.calls.exists():
        return
    call = open_call(
        by=by,
        programme=programme,
        training_class=made,
        title="Cử học viên lớp DP-5 (minh họa)",
        audience="Mỗi đơn vị một đến hai người trực tiếp làm việc với người dân, chưa học lớp nào của chương trình.",
        places=PLACES,
        due_on=on + timedelta(days=10),
        at=at,
    )
    wards = [ward, *_wards_beside(programme, ward)]
    asked = ask_units(by=by, call=call, units=wards, most=2, at=at)
    for name, year, post in STAFF:
        _person(by, name, year, post, ward, at)
    for (name, year, post), one in zip(OTHERS, asked[1:], strict=False):
        nominate(by=by, asked=one, people=[_person(by, name, year, post, one.unit, at)], at=at)
    if len(asked) > 4:
        decline(by=by, asked=asked[4], reason="Đơn vị đang tập trung bàn giao sau sắp xếp, xin cử ở đợt sau.", at=at)


def _wards_beside(programme: Programme, ward: Unit) -> list[Unit]:
    rows = Enrolment.objects.filter(training_class__programme=programme).exclude(unit=ward).order_by("id")
    return [row.unit for row in rows.select_related("unit")[:6]]


def _person(by: Actor, name: str, year: int, post: str, unit: Unit, at: datetime) -> Person:
    new = NewPerson(name, birth=Birth(year), unit_id=unit.pk, post_title=post, is_demonstration=True)
    return add_person(by=by, new=new, on=timezone.localdate(at) - timedelta(days=400))
