"""The list of a room, to print and sign. Official papers are Vietnamese, whatever language the page is read in."""

from datetime import date

from django.utils import timezone

from lantoa.common.vietnamese import partial_date
from lantoa.directory.models import Person
from lantoa.directory.queries.units import names
from lantoa.exams.models import Room, Seat
from lantoa.office.rules.papers.model import Column, ColumnKind
from lantoa.office.rules.papers.tables import SheetHead, table_workbook

HIGH = 26.25  # points: room to sign


def list_to_sign(room: Room, *, on: date) -> bytes:
    """Danh sách thí sinh của phòng: number, name, date of birth, identity, signature. Two queries."""
    called = names([room.unit_id, room.sitting.unit_id], on=on)
    issuer = called[room.sitting.unit_id].full_name if room.sitting.unit_id in called else ""
    begins = room.sitting.times().begins()
    said = [f"Kỳ thi: {room.sitting.title}", f"Phòng: {room.name}"]
    if begins is not None:
        said.append(f"Thời gian: {timezone.localtime(begins):%H:%M, ngày %d/%m/%Y}; {room.sitting.minutes} phút")
    columns = (
        Column("TT", ColumnKind.ORDER),
        Column("Họ và tên", weight=28),
        Column("Ngày sinh", ColumnKind.MARK, weight=13),
        Column("Đã đối chiếu", ColumnKind.MARK, weight=12),
        Column("Ký tên", weight=18),
        Column("Ghi chú", weight=16),
    )
    seats = Seat.objects.filter(room=room).select_related("attempt__person").order_by("number")
    rows = [
        (
            one.number,
            one.attempt.person.full_name,
            born(one.attempt.person),
            "x" if one.checked_at else "",
            "",
            "vắng" if one.absent_at else "",
        )
        for one in seats
    ]
    return table_workbook(
        "Danh sách thí sinh",
        columns,
        rows,
        ("Tổng số có mặt: ........ Vắng: ........",),
        head=SheetHead(issuer),
        subtitles=said,
        signers=("Cán bộ coi thi 1", "Cán bộ coi thi 2"),
        row_height=HIGH,
        made_on=on,
    )


def born(person: Person) -> str:
    """The date of birth as far as it is known; "" when it is not."""
    if person.birth_year is None:
        return ""
    return partial_date(person.birth_year, person.birth_month, person.birth_day)
