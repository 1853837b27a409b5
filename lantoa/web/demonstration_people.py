"""Somebody recorded twice in the coordinator's ward, and a class of the running programme that anybody may join.

Everybody in it is invented.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from lantoa.directory.actions.people import add_person
from lantoa.directory.models import Person, Unit
from lantoa.directory.rules.people import Birth, NewPerson
from lantoa.ledger.rules import Actor
from lantoa.programmes.models import Programme
from lantoa.training.actions.open_classes import open_class
from lantoa.training.models import OpenClass

TWICE = "Mạc Thị Diệu Hiền"
POST = "Công chức tài chính – kế toán"
CODE = "DP-4"
ABOUT = (
    "(Minh họa) Học trực tuyến buổi chiều: dịch vụ công, dữ liệu, an toàn thông tin. Người dân và doanh nghiệp dự "
    "cùng lớp của cán bộ phường, xã khi còn chỗ."
)


def record_twice(*, by: Actor, ward: Unit, at: datetime) -> None:
    """Two records of one person: entered once with the whole date of birth, once from a list with the year only."""
    on = timezone.localdate(at) - timedelta(days=400)
    if Person.objects.filter(full_name=TWICE).exists():
        return
    for birth, post in ((Birth(1990, 8, 17), POST), (Birth(1990), POST.lower())):
        new = NewPerson(TWICE, birth=birth, unit_id=ward.pk, post_title=post, is_demonstration=True)
        add_person(by=by, new=new, on=on)


def open_a_class(*, by: Actor, programme: Programme, at: datetime) -> None:
    """The class on line has a few places left: whoever likes may join for two weeks."""
    on = timezone.localdate(at)
    if not OpenClass.objects.filter(training_class__programme=programme).exists():
        made = programme.classes.get(code=CODE)
        open_class(by=by, training_class=made, until=on + timedelta(days=14), about=ABOUT, on=on)
