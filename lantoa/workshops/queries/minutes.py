"""The minutes of a workshop as an official paper, made of what the room knows; each part by a function of its own.

Official papers are Vietnamese, whatever language the page is read in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from lantoa.office.models import Document
from lantoa.office.rules.papers.decree import PAPER_TYPES
from lantoa.office.rules.papers.model import (
    Annex,
    Clause,
    Column,
    ColumnKind,
    Issuer,
    Paper,
    Recipients,
    Section,
    Signature,
    Table,
)
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.queries.agenda import agenda_of, places_of
from lantoa.workshops.queries.minutes_during import conclusions, polls, questions
from lantoa.workshops.queries.roll import Totals, board, last_roll, named_rows, totals_by_root, whole
from lantoa.workshops.queries.sites import count_differences
from lantoa.workshops.rules.times import city_of
from lantoa.workshops.rules.words import COUNTRIES

MOST_SITES: Final = 500  # of more sites the annex has those at the top, each with all under it
LANGUAGE: Final = {"vi": "tiếng Việt", "en": "tiếng Anh"}
COUNTRY: Final = {
    "VN": "Việt Nam",
    "SG": "Xin-ga-po",
    "LA": "Lào",
    "KH": "Cam-pu-chia",
    "TH": "Thái Lan",
    "JP": "Nhật Bản",
    "KR": "Hàn Quốc",
    "AU": "Ô-xtrây-li-a",
    "CH": "Thụy Sĩ",
    "US": "Hoa Kỳ",
}
STATE: Final = {
    "present": "có mặt",
    "late": "đến muộn",
    "fault": "sự cố kỹ thuật",
    "absent": "vắng",
    "": "không báo cáo",
}


@dataclass(frozen=True)
class Head:
    """Who issues the minutes, who chaired and who wrote."""

    issuer: str
    superior: str
    code: str
    place: str
    chair: str
    secretary: str


def minutes_of(workshop: Workshop) -> Document | None:
    """The minutes among the documents of the unit, if they were made."""
    return Document.objects.filter(about=about(workshop), kind="BB").order_by("-pk").first()


def about(workshop: Workshop) -> str:
    """What the documents of a workshop speak of."""
    return f"workshops.workshop:{workshop.key}"


def minutes_paper(workshop: Workshop, head: Head) -> Paper:
    """Biên bản hội thảo, of everything that stands now."""
    sections = [section for part in PARTS for section in part(workshop)]
    return Paper(
        kind=PAPER_TYPES["BB"],
        issuer=Issuer(head.issuer, head.code, head.place, head.superior),
        abstract=workshop.name,
        signature=Signature(("CHỦ TRÌ",), head.chair),
        beside=Signature(("THƯ KÝ",), head.secretary),
        recipients=Recipients(("Các điểm cầu",)),
        parts=tuple(sections),
        annexes=(_sites(workshop),),
    )


def time_and_place(workshop: Workshop) -> Sequence[Section]:
    """When it was, in which zones and languages, and how many sites were invited."""
    begins, ends = timezone.localtime(workshop.during.lower), timezone.localtime(workshop.during.upper)
    others = ", ".join(f"{city_of(one.zone)} (UTC{one.offset})" for one in places_of(workshop))
    codes = list(workshop.sites.order_by("country").values_list("country", flat=True).distinct())
    found = [
        Clause(f"Thời gian: từ {_clock(begins)} đến {_clock(ends)}{f'; múi giờ khác: {others}' if others else ''}."),
        Clause(f"Ngôn ngữ: {', '.join(LANGUAGE.get(one, one) for one in workshop.languages)}."),
        Clause(
            f"Hình thức: trực tuyến, {workshop.sites.count()} điểm cầu tại {len(codes)} quốc gia"
            f" ({', '.join(COUNTRY.get(code, COUNTRIES.get(code, code)) for code in codes)})."
        ),
    ]
    return [Section("Thời gian, hình thức", tuple(found))]


def attended(workshop: Workshop) -> Totals:
    """Sites and people by the last roll. Two queries."""
    return whole(totals_by_root(workshop, last_roll(workshop)))


def attendance(workshop: Workshop) -> Sequence[Section]:
    """How many sites and people took part, by the last roll; compared with the workshop before."""
    now = attended(workshop)
    said = [Clause(f"Số điểm cầu trong danh sách: {now.sites}; số người dự kiến: {now.expected}.")]
    if now.reported:
        said += [
            Clause(
                f"Theo điểm danh: {now.present} điểm cầu có mặt, {now.late} đến muộn, "
                f"{now.fault} gặp sự cố kỹ thuật, {now.absent} vắng, {now.silent} không báo cáo."
            ),
            Clause(
                f"Số người tham dự do các điểm cầu báo cáo: {now.people}, trong đó lãnh đạo {now.leaders}, khách mời "
                f"{now.guests}; {now.uncounted} điểm cầu có mặt nhưng không báo số người."
            ),
        ]
    else:
        said.append(Clause("Không điểm danh điểm cầu trên hệ thống."))
    if workshop.previous is not None:
        changed, before = count_differences(workshop), attended(workshop.previous)
        said.append(
            Clause(
                f"So với {workshop.previous.name}: thêm {changed['new']} điểm cầu, bớt {changed['gone']} điểm cầu; "
                f"số người tham dự lần trước: {before.people}."
            )
        )
    return [Section("Thành phần tham dự", tuple(said))]


def agenda(workshop: Workshop) -> Sequence[Section]:
    """What was planned and when it really was."""
    lines = agenda_of(workshop)
    if not lines:
        return []
    columns = (
        Column("Dự kiến", ColumnKind.MARK, 1.4),
        Column("Thực tế", ColumnKind.MARK, 1.4),
        Column("Nội dung", weight=3.6),
        Column("Người trình bày", weight=2.8),
    )
    rows = tuple(
        (
            f"{line.begins:%H:%M}-{line.ends:%H:%M}",
            _really(line.item.started_at, line.item.ended_at),
            line.item.title,
            line.item.speaker,
        )
        for line in lines
    )
    return [Section("Chương trình", (Table(columns, rows),))]


# The parts of the minutes in their order. A part more is a function more: it is given the workshop, and answers with
# the sections it has something to say in.
PARTS: Final[list[Callable[[Workshop], Sequence[Section]]]] = [
    time_and_place,
    attendance,
    agenda,
    questions,
    polls,
    conclusions,
]


def _clock(moment: datetime) -> str:
    return f"{moment:%H giờ %M phút, ngày %d/%m/%Y}"


def _really(began: datetime | None, ended: datetime | None) -> str:
    first = f"{timezone.localtime(began):%H:%M}" if began else ""
    last = f"{timezone.localtime(ended):%H:%M}" if ended else ""
    return f"{first}-{last}" if first else ""


def _sites(workshop: Workshop) -> Annex:
    roll = last_roll(workshop)
    if workshop.sites.count() > MOST_SITES:
        return _by_root(named_rows(totals_by_root(workshop, roll)))
    columns = (
        Column("TT", ColumnKind.ORDER),
        Column("Mã", weight=1.2),
        Column("Điểm cầu", weight=3.6),
        Column("Điểm danh", ColumnKind.MARK, 1.6),
        Column("Dự kiến", ColumnKind.NUMBER, 1),
        Column("Có mặt", ColumnKind.NUMBER, 1),
    )
    rows = tuple(
        (number, one.code, one.name, STATE[one.stands_state or ""], one.expected, one.stands_people)  # type: ignore[attr-defined]
        for number, one in enumerate(board(workshop, roll), 1)
    )
    return Annex("Danh sách điểm cầu", (Table(columns, rows),))


def _by_root(tops: Sequence[tuple[Site, Totals]]) -> Annex:
    columns = (
        Column("TT", ColumnKind.ORDER),
        Column("Điểm cầu đầu mối", weight=3.6),
        Column("Số điểm cầu", ColumnKind.NUMBER, 1.2),
        Column("Có mặt", ColumnKind.NUMBER, 1),
        Column("Không báo cáo", ColumnKind.NUMBER, 1.2),
        Column("Dự kiến", ColumnKind.NUMBER, 1.2),
        Column("Số người", ColumnKind.NUMBER, 1.2),
    )
    rows = tuple(
        (number, top.name, one.sites, one.present + one.late + one.fault, one.silent, one.expected, one.people)
        for number, (top, one) in enumerate(tops, 1)
    )
    return Annex("Các điểm cầu đầu mối, tính cả điểm cầu bên dưới", (Table(columns, rows),))
