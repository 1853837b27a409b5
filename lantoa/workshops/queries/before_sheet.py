"""Whom to write to or to call before a workshop, as a list to print. Lists of offices are Vietnamese."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db.models import Q

from lantoa.office.rules.papers.model import Cell, Column, ColumnKind
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.queries.checks import COLOUR_NOW, NOT_CHECKED, with_colour
from lantoa.workshops.queries.tables import who_operates, workshop_table

COLUMNS: Final = (
    Column("TT", ColumnKind.ORDER),
    Column("Mã", weight=12),
    Column("Điểm cầu", weight=34),
    Column("Cần liên hệ vì", weight=28),
    Column("Người trực", weight=24),
    Column("Điện thoại", weight=16),
    Column("Người thay thế", weight=24),
    Column("Điện thoại", weight=16),
    Column("Điện thoại điểm cầu", weight=16),
    Column("Điểm cầu cấp trên", weight=26),
    Column("Kết quả liên hệ", weight=26),
)


def to_call(workshop: Workshop) -> Iterable[Site]:
    """The sites somebody must speak to: invited by letter, without an answer, not checked, or checked and red."""
    found = with_colour(workshop.sites.all()).filter(
        Q(invitation__by_letter=True) | Q(invitation__answer="") | Q(**{f"{COLOUR_NOW}__in": [NOT_CHECKED, "red"]})
    )
    return found.select_related("invitation", "operator", "deputy", "above").order_by("place", "code", "pk")


def to_call_workbook(workshop: Workshop, *, on: date) -> bytes:
    """Danh sách điểm cầu cần liên hệ. Two queries."""
    rows: list[list[Cell]] = [
        [
            number,
            one.code,
            one.name,
            "; ".join(_why(one)),
            *who_operates(one),
            one.phone,
            one.above.name if one.above else "",
            "",
        ]
        for number, one in enumerate(to_call(workshop), 1)
    ]
    return workshop_table(workshop, "Danh sách điểm cầu cần liên hệ", COLUMNS, rows, on=on)


def _why(site: Site) -> list[str]:
    invitation = getattr(site, "invitation", None)
    colour = getattr(site, COLOUR_NOW)
    return [
        *(["gửi giấy mời"] if invitation and invitation.by_letter else []),
        *(["chưa trả lời giấy mời"] if invitation and not invitation.answer else []),
        *(["chưa kiểm tra kỹ thuật"] if colour == NOT_CHECKED else []),
        *(["kiểm tra kỹ thuật không đạt"] if colour == "red" else []),
    ]
