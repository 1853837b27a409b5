"""A list of sites as offices write it: the headers they use, and each row as clean values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lantoa.common.refused import N_
from lantoa.common.vietnamese import clean, fold
from lantoa.office.rules.imports import RowFault
from lantoa.office.rules.sheets import (
    Cell,
    Field,
    SheetRefused,
    Table,
    TableRow,
    Vocabulary,
    Workbook,
    find_table,
)
from lantoa.training.rules.roster.numbers import read_phone
from lantoa.workshops.rules.times import known_zones
from lantoa.workshops.rules.words import COUNTRIES, HOME_ZONE, LANGUAGES, ZONES


def _list(text: str) -> list[str]:
    return [" ".join(header.split()) for header in text.split("|")]


_FIELDS: Final = {
    "number": Field(N_("running number"), _list("stt|so tt|so thu tu|tt|no"), exact=True),
    "code": Field(N_("code of the site"), _list("ma diem cau|ma|ma so|ma diem|site code|code"), exact=True),
    "name": Field(
        N_("name of the site"),
        _list("ten diem cau|diem cau|ten diem|dia diem diem cau|hoi truong|site|site name|name"),
    ),
    "name_en": Field(N_("name in English"), _list("ten tieng anh|ten diem cau tieng anh|english name"), exact=True),
    "above": Field(
        N_("code of the site above"),
        _list(
            """ma diem cau cap tren|diem cau cap tren|thuoc diem cau|truc thuoc|truc thuoc diem cau|cap tren
            |ma cap tren|site above|parent site|parent"""
        ),
        exact=True,
    ),
    "place": Field(
        N_("order of protocol"),
        _list("thu tu moi|thu tu goi|thu tu le tan|thu tu diem danh|thu tu|protocol order|order"),
        exact=True,
    ),
    "unit": Field(N_("unit"), _list("don vi|don vi phu trach|co quan|don vi quan ly|unit|organisation"), spread=True),
    "country": Field(N_("country"), _list("quoc gia|nuoc|country"), exact=True),
    "zone": Field(N_("time zone"), _list("mui gio|time zone|timezone"), exact=True),
    "address": Field(N_("address"), _list("dia chi|dia diem|dia diem to chuc|phong hop|address|venue")),
    "operator": Field(
        N_("operator"),
        _list(
            """nguoi truc|can bo truc|nguoi truc diem cau|can bo phu trach|nguoi phu trach|can bo ky thuat
            |phu trach ky thuat|dau moi|can bo dau moi|nguoi phu trach diem cau|operator|contact"""
        ),
    ),
    "operator_phone": Field(
        N_("telephone of the operator"),
        _list(
            """dien thoai nguoi truc|so dien thoai nguoi truc|dien thoai can bo truc|dien thoai nguoi phu trach
            |dien thoai|so dien thoai|sdt|dtdd|di dong|phone|mobile|telephone|operator phone"""
        ),
        exact=True,
    ),
    "deputy": Field(
        N_("deputy"),
        _list("nguoi thay the|nguoi truc du phong|nguoi du phong|can bo du phong|deputy|substitute"),
    ),
    "deputy_phone": Field(
        N_("telephone of the deputy"),
        _list(
            """dien thoai nguoi thay the|so dien thoai nguoi thay the|dien thoai du phong|dien thoai nguoi du phong
            |deputy phone"""
        ),
        exact=True,
    ),
    "phone": Field(
        N_("telephone of the room"),
        _list("dien thoai diem cau|dien thoai phong hop|dien thoai phong|may ban|dien thoai co dinh|room phone"),
        exact=True,
    ),
    "equipment": Field(N_("equipment"), _list("thiet bi|trang thiet bi|equipment")),
    "line": Field(N_("line"), _list("duong truyen|loai duong truyen|ket noi|line|connection")),
    "seats": Field(N_("seats"), _list("so cho|so cho ngoi|suc chua|so ghe|seats|capacity"), exact=True),
    "expected": Field(
        N_("people expected"),
        _list(
            """so nguoi du kien|so dai bieu|so dai bieu du kien|du kien|so nguoi tham du|so luong|so luong dai bieu
            |so nguoi|so luong du kien|expected|attendees|people expected"""
        ),
        exact=True,
    ),
    "language": Field(N_("language"), _list("ngon ngu|language"), exact=True),
}
VOCABULARY: Final = Vocabulary(fields=_FIELDS, needed=[frozenset({"name"})], named_by=["name", "code"])
TEXTS: Final = {"name": 200, "name_en": 200, "address": 300, "equipment": 300, "line": 100}
_LANGUAGES: Final = {
    "vi": "vi",
    "tieng viet": "vi",
    "vietnamese": "vi",
    "en": "en",
    "tieng anh": "en",
    "english": "en",
}
_COUNTRIES: Final = {
    **{code.lower(): code for code in COUNTRIES},
    **{fold(name): code for code, name in COUNTRIES.items()},

        "viet nam": "VN", "xin ga po": "SG", "lao": "LA", "cam pu chia": "KH", "thai lan": "TH", "nhat ban": "JP",
        "nhat": "JP", "han quoc": "KR", "o xtray li a": "AU", "uc": "AU", "thuy si": "CH", "hoa ky": "US", "my": "US"
    ,
}  # fmt: skip
_WHOLE: Final = re.compile(r"\d{1,6}")
_CODE: Final = re.compile(r"[\w.\-/]{1,40}")
MOST: Final = 1_000_000


@dataclass(slots=True)
class SiteRow:
    """A row of the list. Texts are clean, "" where nothing is said; None where a number or a telephone is not."""

    sheet: str
    number: int
    code: str
    above: str
    unit: str
    texts: dict[str, str]
    country: str
    zone: str
    language: str
    place: int | None
    seats: int | None
    expected: int | None
    phone: str
    operator: str
    operator_phone: str
    deputy: str
    deputy_phone: str
    faults: list[RowFault]
    told: frozenset[str]  # the fields that the table has a column for: what it has not, stays as it was

    @property
    def is_wrong(self) -> bool:
        """Whether something stops the row."""
        return any(fault.severity == "error" for fault in self.faults)


def read_site_list(
    workbook: Workbook, *, mapping: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[list[SiteRow], list[Table]]:
    """Every row of every sheet that holds a list of sites, and the tables found.

    Raises SheetRefused when no sheet holds one. Hidden sheets are passed over.
    """
    tables, refusals = [], []
    for sheet in workbook.sheets:
        if not sheet.rows or sheet.hidden:
            continue
        try:
            table = find_table(sheet, VOCABULARY, mapping=(mapping or {}).get(sheet.name))
        except SheetRefused as refusal:
            refusals.append(refusal)
            continue
        if table.rows:
            tables.append(table)
    if not tables:
        raise (
            refusals[0]
            if refusals
            else SheetRefused(N_("Cannot read %(file)s: no sheet holds a list of sites."), file=workbook.filename)
        )
    return [_Reading(table, row).site() for table in tables for row in table.rows], tables


class _Reading:
    """One row on its way into values."""

    def __init__(self, table: Table, row: TableRow) -> None:
        self.table, self.row = table, row
        self.faults: list[RowFault] = []

    def site(self) -> SiteRow:
        """The row, with what is wrong in it."""
        texts = {name: self.text(name, most) for name, most in TEXTS.items()}
        if not texts["name"]:
            self.wrong("name", N_("The site has no name."))
        country = self.country()
        return SiteRow(
            sheet=self.table.sheet,
            number=self.row.number,
            code=self.code("code"),
            above=self.code("above"),
            unit=self.text("unit", 300),
            texts=texts,
            country=country,
            zone=self.zone(country),
            language=self.language(),
            place=self.whole("place"),
            seats=self.whole("seats"),
            expected=self.whole("expected"),
            phone=self.phone("phone"),
            operator=self.text("operator", 100),
            operator_phone=self.phone("operator_phone"),
            deputy=self.text("deputy", 100),
            deputy_phone=self.phone("deputy_phone"),
            faults=self.faults,
            told=frozenset(self.table.columns),
        )

    def wrong(self, field: str, message: str, *, severity: str = "error", **values: object) -> None:
        """Notes what is wrong, at its cell."""
        column = self.table.columns.get(field)
        cell = f"{column.letter}{self.row.number}" if column else ""
        self.faults.append(RowFault(message, values, cell, severity))

    def said(self, field: str) -> str:
        """The cell as a text; a whole number as Excel shows it."""
        cell: Cell = self.table.value(self.row, field)
        if cell is None:
            return ""
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        return clean(str(cell))

    def text(self, field: str, most: int) -> str:
        """A text, cut with a warning where it is too long."""
        text = self.said(field)
        if len(text) > most:
            self.wrong(
                field,
                N_("The text is longer than %(most)d letters and was cut: %(text)s…"),
                severity="warning",
                most=most,
                text=text[:40],
            )
        return text[:most]

    def code(self, field: str) -> str:
        """A code without spaces."""
        code = self.said(field).replace(" ", "")
        if code and not _CODE.fullmatch(code):
            self.wrong(field, N_("“%(code)s” is no code: letters, digits, - . _ / and at most 40."), code=code[:50])
            return ""
        return code

    def whole(self, field: str) -> int | None:
        """A whole number; its thousands may be parted."""
        text = self.said(field)
        digits = re.sub(r"[.,\s](?=\d{3}(?!\d))", "", text)
        digits = re.sub(r"\s*(nguoi|dai bieu|cho|people|seats)$", "", fold(digits))
        if not digits:
            return None
        if not _WHOLE.fullmatch(digits) or int(digits) >= MOST:
            self.wrong(field, N_("“%(text)s” is no whole number below a million."), text=text[:40])
            return None
        return int(digits)

    def phone(self, field: str) -> str:
        """A telephone number as +84…; what cannot be one is said and left out."""
        number, remarks = read_phone(self.table.value(self.row, field))
        for one in remarks:
            self.wrong(field, one.message, severity=one.severity, **dict(one.values))
        return number

    def country(self) -> str:
        """The two letters of the country; Vietnam where nothing is said."""
        text = self.said("country")
        code = _COUNTRIES.get(re.sub(r"[\W_]+", " ", fold(text)).strip()) if text else "VN"
        if code is None and re.fullmatch(r"[A-Z]{2}", text):
            return text
        if code is None:
            self.wrong(
                "country", N_("The country “%(text)s” is not known: write its two letters, like SG."), text=text
            )
        return code or ""

    def zone(self, country: str) -> str:
        """The time zone: as written (Asia/Singapore), or that of the country."""
        text = self.said("zone")
        if text in known_zones():
            return text
        if text:
            self.wrong(
                "zone",
                N_("The time zone “%(text)s” is not known: write it like Asia/Ho_Chi_Minh (for Hà Nội, too)."),
                text=text[:60],
            )
        return ZONES.get(country, HOME_ZONE)

    def language(self) -> str:
        """The language that the site listens to: "" where nothing is said."""
        text = self.said("language")
        code = _LANGUAGES.get(fold(text), "") if text else ""
        if text and code not in LANGUAGES:
            self.wrong("language", N_("The language “%(text)s” is not known: write vi or en."), text=text[:40])
        return code


def wrong_tree(rows: Sequence[SiteRow], known: Mapping[str, str]) -> None:
    """Notes on the rows what is wrong with the tree that they and the sites on record (`known`: code -> code of the
    site above) make together: codes used twice, a site above that is nowhere, circles, and who stands under a row
    that cannot be taken."""
    first: dict[str, SiteRow] = {}
    for row in rows:
        if not row.code:
            continue
        other = first.setdefault(row.code, row)
        if other is not row:
            row.faults.append(
                RowFault(
                    N_("The code %(code)s stands in row %(row)d already."), {"code": row.code, "row": other.number}
                )
            )
    above = {**known, **{row.code: row.above for row in first.values() if "above" in row.told}}
    for row in first.values():
        if row.above and row.above not in above:
            row.faults.append(
                RowFault(N_("The site above, %(above)s, is neither in the list nor on record."), {"above": row.above})
            )
    sound: dict[str, str] = {}  # code -> what keeps it from being taken: "" for nothing
    for code in above:
        trail: list[str] = []
        at = code
        while at and at not in sound and at not in trail:
            trail.append(at)
            if at in first and first[at].is_wrong and at not in known:
                break
            at = above.get(at, "")
        circle = at in trail and not (at in first and first[at].is_wrong and at not in known)
        stopped = sound.get(at, "") if at not in trail else ("circle" if circle else at)
        for one in reversed(trail):
            sound[one] = stopped
    for code, stopped in sound.items():
        row_ = first.get(code)
        if row_ is None or not stopped or row_.is_wrong:
            continue
        if stopped == "circle":
            row_.faults.append(RowFault(N_("The sites above %(code)s lead back to it."), {"code": code}))
        else:
            row_.faults.append(RowFault(N_("The site above cannot be taken: see %(above)s."), {"above": stopped}))
