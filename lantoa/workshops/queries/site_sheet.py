"""The list of sites as a workbook that can be filled in and loaded again. Lists of offices are Vietnamese."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.utils import timezone

from lantoa.office.rules.papers.model import Cell, Column, ColumnKind
from lantoa.programmes.queries import names_of_units
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.queries.tables import who_operates, workshop_table

COLUMNS: Final = (
    Column("TT", ColumnKind.ORDER),
    Column("Mã điểm cầu", weight=14),
    Column("Tên điểm cầu", weight=34),
    Column("Tên tiếng Anh", weight=24),
    Column("Mã điểm cầu cấp trên", weight=14),
    Column("Thứ tự mời", ColumnKind.NUMBER, 9),
    Column("Đơn vị", weight=34),
    Column("Quốc gia", ColumnKind.MARK, 9),
    Column("Địa chỉ", weight=34),
    Column("Người trực", weight=24),
    Column("Điện thoại người trực", weight=16),
    Column("Người thay thế", weight=24),
    Column("Điện thoại người thay thế", weight=16),
    Column("Điện thoại điểm cầu", weight=16),
    Column("Thiết bị", weight=24),
    Column("Đường truyền", weight=18),
    Column("Số chỗ", ColumnKind.NUMBER, 9),
    Column("Số người dự kiến", ColumnKind.NUMBER, 11),
    Column("Ngôn ngữ", ColumnKind.MARK, 9),
)


def sites_workbook(workshop: Workshop, sites: Iterable[Site], *, on: date) -> bytes:
    """These sites with everything that a list can say of them; the sheet to fill in where there are none yet."""
    listed = list(sites)
    day = timezone.localdate(workshop.during.lower)
    units = names_of_units({one.unit_id for one in listed if one.unit_id}, on=day)
    rows: list[list[Cell]] = [
        [
            number,
            one.code,
            one.name,
            one.name_en,
            one.above.code if one.above else "",
            one.place,
            ", ".join(units.get(one.unit_id, ())) if one.unit_id else "",
            one.country,
            one.address,
            *who_operates(one),
            one.phone,
            one.equipment,
            one.line,
            one.seats,
            one.expected,
            one.language,
        ]
        for number, one in enumerate(listed, 1)
    ]
    return workshop_table(workshop, "Danh sách điểm cầu", COLUMNS, rows, on=on)
