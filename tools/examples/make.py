"""Makes the messy rosters and the finished sheets of `examples/`: always the same files from the same seed.

    python tools/examples/make.py            writes them
    python tools/examples/make.py --check    says whether the committed files are what this program makes

Everyone in them is invented. The mess is on purpose, in each file another one: title rows, two-row headers, merged
cells, family and given names apart, dates as text, number or year, decomposed text, phones without their zero,
doubles, a 31 February, blank rows, signatures below the table; .xlsx, .xls, .ods and .csv.
"""

import csv
import io
import random
import re
import sys
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlwt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "lantoa" / "directory" / "data"
sys.path.insert(0, str(ROOT))
from lantoa.training.rules.plan import Plan, read_plan_bytes  # noqa: E402

NOTE = "Dữ liệu minh họa, người không có thật"
WHEN = datetime(2026, 1, 1)  # noqa: DTZ001 -- the time written into every file
FAMILY = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ",
    "Hồ", "Ngô", "Dương", "Lý", "Đinh", "Mai", "Trương", "Lâm", "Nông", "Triệu", "Hà", "Hứa",
]  # fmt: skip
MIDDLE_M = [
    "Văn", "Đức", "Hữu", "Minh", "Quốc", "Công", "Thanh", "Xuân", "Ngọc", "Gia", "Trọng", "Đình",
    "Anh", "Bá",
]  # fmt: skip
MIDDLE_F = [
    "Thị", "Ngọc", "Thu", "Thanh", "Mỹ", "Bích", "Kim", "Diệu", "Thùy", "Hồng", "Phương", "Khánh",
    "Minh", "Tuyết",
]  # fmt: skip
GIVEN_M = [
    "An", "Bình", "Cường", "Dũng", "Đạt", "Giang", "Hải", "Hiếu", "Hùng", "Huy", "Khoa", "Kiên",
    "Lâm", "Long", "Nam", "Nghĩa", "Phong", "Phúc", "Quân", "Sơn", "Tâm", "Thắng", "Thịnh", "Tiến",
    "Toàn", "Trí", "Trung", "Tuấn", "Việt", "Vinh",
]  # fmt: skip
GIVEN_F = [
    "Anh", "Bích", "Chi", "Diễm", "Dung", "Đào", "Giang", "Hà", "Hạnh", "Hiền", "Hoa", "Huệ",
    "Hương", "Lan", "Liên", "Linh", "Loan", "Mai", "My", "Nga", "Ngân", "Nhung", "Oanh", "Phượng",
    "Quyên", "Thảo", "Thủy", "Trang", "Uyên", "Yến",
]  # fmt: skip
REAL = {  # people named in the articles: nobody here is called so
    "Dương Anh Đức", "Trần Văn Bảy", "Hoàng Công Gia Khánh", "Hà Văn Tiến", "Ngô Huy Thắng", "Lô Quang Tuyến",
    "Võ Văn Hoan", "Mai Nguyễn Thanh Tuyền", "Hà Hồng Cương",
}  # fmt: skip


@dataclass(frozen=True)
class Learner:
    """An invented person as a roster tells of them."""

    name: str
    female: bool
    born: date
    post: str
    unit: str
    above: str = ""  # the unit above, where the roster says it
    phone: str = ""
    email: str = ""
    class_code: str = ""

    @property
    def born_text(self) -> str:
        return f"{self.born:%d/%m/%Y}"


class People:
    """Inventing people; no name twice."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        self.names = set(REAL)

    def one(self, unit: str, post: str, above: str = "", class_code: str = "") -> Learner:
        pick = self.random.choice
        while True:
            female = self.random.random() < 0.45
            middle, given = (MIDDLE_F, GIVEN_F) if female else (MIDDLE_M, GIVEN_M)
            name = f"{pick(FAMILY)} {pick(middle)} {pick(given)}"
            if name not in self.names:
                break
        self.names.add(name)
        born = date(1966, 1, 1) + timedelta(days=self.random.randrange(29 * 365))
        phone = f"0900{self.random.randrange(1_000_000):06}"
        email = f"{_ascii(name)}{self.random.randrange(100):02}@example.vn"
        return Learner(name, female, born, post, unit, above, phone, email, class_code)


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha()).lower()


# ---- files


def _book(sheets: Iterable[tuple[str, list[list[Any]], list[str]]], widths: Iterable[float] = ()) -> bytes:
    """An .xlsx of named sheets: rows, and ranges to merge."""
    book = Workbook()
    book.remove(book.active)
    for name, rows, merged in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for span in merged:
            sheet.merge_cells(span)
            sheet[span.split(":")[0]].alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            sheet[span.split(":")[0]].font = Font(bold=True)
        for number, width in enumerate(widths):
            sheet.column_dimensions["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number]].width = width
    book.properties.created = book.properties.modified = WHEN
    book.properties.creator = "Lantoa"
    out = io.BytesIO()
    book.save(out)
    return _still(out.getvalue())


def _still(data: bytes) -> bytes:
    """A zip without the moment it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-01-01T00:00:00Z", content)
            entry = zipfile.ZipInfo(item.filename, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return out.getvalue()


def _ods(sheets: Iterable[tuple[str, list[list[Any]]]]) -> bytes:
    """An .ods by hand. A cell ("text", n) covers n rows from here down, as a merged cell does."""
    tables = []
    for name, rows in sheets:
        lines = []
        for row in rows:
            cells = []
            for value in row:
                if value is None:
                    cells.append("<table:table-cell/>")
                elif isinstance(value, tuple):
                    text, down = value
                    cells.append(
                        f'<table:table-cell office:value-type="string" table:number-rows-spanned="{down}" '
                        f'table:number-columns-spanned="1"><text:p>{escape(text)}</text:p></table:table-cell>'
                    )
                elif value is ...:
                    cells.append("<table:covered-table-cell/>")
                elif isinstance(value, int):
                    cells.append(
                        f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p>'
                        "</table:table-cell>"
                    )
                else:
                    cells.append(
                        f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p>'
                        "</table:table-cell>"
                    )
            lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
        tables.append(f'<table:table table:name="{escape(name)}">{"".join(lines)}</table:table>')
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2"><office:body>'
        f"<office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in (("mimetype", kind), ("content.xml", content), ("META-INF/manifest.xml", manifest)):
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            packed.writestr(entry, text)
    return out.getvalue()


def _csv(rows: Iterable[Iterable[Any]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


# ---- District 9, 2020

WARDS = ["Long Bình", "Long Thạnh Mỹ", "Tân Phú", "Hiệp Phú", "Tăng Nhơn Phú A", "Tăng Nhơn Phú B", "Phước Long B",
         "Phước Long A", "Trường Thạnh", "Long Phước", "Long Trường", "Phước Bình", "Phú Hữu"]  # fmt: skip
OFFICES = ["Văn phòng Hội đồng nhân dân và Ủy ban nhân dân Quận 9", "Phòng Nội vụ Quận 9", "Phòng Tư pháp Quận 9",
           "Phòng Tài chính - Kế hoạch Quận 9", "Phòng Tài nguyên và Môi trường Quận 9",
           "Phòng Lao động - Thương binh và Xã hội Quận 9", "Phòng Văn hóa và Thông tin Quận 9",
           "Phòng Giáo dục và Đào tạo Quận 9", "Phòng Y tế Quận 9", "Thanh tra Quận 9", "Phòng Kinh tế Quận 9",
           "Phòng Quản lý đô thị Quận 9"]  # fmt: skip
CENTRES = ["Trung tâm Y tế Quận 9", "Trung tâm Văn hóa - Thể thao Quận 9",
           "Ban Quản lý đầu tư xây dựng công trình Quận 9"]  # fmt: skip
WARD_POSTS = ["Chủ tịch", "Phó Chủ tịch", "Công chức Văn phòng - Thống kê", "Công chức Tư pháp - Hộ tịch",
              "Công chức Địa chính - Xây dựng", "Công chức Văn hóa - Xã hội", "Trưởng ban Tài chính"]  # fmt: skip
OFFICE_POSTS = ["Trưởng phòng", "Phó Trưởng phòng", "Phó Trưởng phòng", "Chuyên viên"]


def district_9_people() -> dict[str, list[Learner]]:
    """160 people, 40 to a class, each unit spread over the four classes."""
    people = People("district-9")
    wanted = [(f"Phường {ward}", post) for ward in WARDS for post in WARD_POSTS]
    wanted += [(office, post) for office in OFFICES for post in OFFICE_POSTS]
    wanted += [
        (centre, post) for centre in CENTRES for post in ("Giám đốc", *["Phó Giám đốc"] * 2, *["Chuyên viên"] * 4)
    ]
    classes: dict[str, list[Learner]] = {f"Q9-{number}": [] for number in (1, 2, 3, 4)}
    for at, (unit, post) in enumerate(wanted[:160]):
        code = f"Q9-{at % 4 + 1}"
        classes[code].append(people.one(unit, post, class_code=code))
    return classes


def district_9(plan: Plan) -> dict[str, bytes]:
    classes = district_9_people()
    files = {
        "Danh sách lớp Q9-1.xlsx": _q9_1(classes["Q9-1"]),
        "Danh sách lớp Q9-2 (chính thức).xlsx": _q9_2(classes["Q9-2"]),
        "DS lop Q9-3.xls": _q9_3(classes["Q9-3"]),
        "lop_q9-4.csv": _q9_4(classes["Q9-4"]),
    }
    return files | _finished(plan, classes, "district-9")


def _q9_1(people: list[Learner]) -> bytes:
    """Title rows above, dates as text, a blank row inside, signatures below, a double."""
    rows: list[list[Any]] = [
        ["ỦY BAN NHÂN DÂN QUẬN 9", None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["PHÒNG NỘI VỤ", None, None, None, "Độc lập - Tự do - Hạnh phúc"],
        [None],
        ["DANH SÁCH HỌC VIÊN LỚP Q9-1"],
        [f"({NOTE})"],
        [None],
        ["STT", "Họ và tên", "Ngày, tháng, năm sinh", "Chức vụ", "Đơn vị công tác", "Điện thoại", "Email", "Ghi chú"],
    ]
    for number, one in enumerate(people, 1):
        rows.append([number, one.name, one.born_text, one.post, one.unit, one.phone, one.email, None])
        if number == 20:
            rows.append([None] * 8)
    double = people[4]
    rows.append([41, double.name, double.born_text, double.post, double.unit, double.phone, double.email, "bổ sung"])
    rows += [[None], ["Tổng cộng: 41 học viên"], [None, None, None, None, "Quận 9, ngày 25 tháng 9 năm 2020"],
             ["Người lập bảng", None, None, None, "TRƯỞNG PHÒNG"]]  # fmt: skip
    return _book(
        [("Sheet1", rows, ["A1:C1", "E1:G1", "A2:C2", "E2:G2", "A4:H4", "A5:H5"])], (6, 26, 16, 28, 42, 14, 30)
    )


def _q9_2(people: list[Learner]) -> bytes:
    """A two-row header with merged cells, family and given names apart, birth dates by gender, decomposed text,
    phones as numbers."""
    rows: list[list[Any]] = [
        [_nfd("Danh sách cử đi học chuyển đổi số")],
        [_nfd(NOTE)],
        [
            "TT",
            _nfd("Họ và tên"),
            None,
            _nfd("Năm sinh"),
            None,
            _nfd("Chức vụ"),
            _nfd("Đơn vị"),
            _nfd("Số ĐT"),
            _nfd("Lớp"),
        ],
        [None, _nfd("Họ và tên đệm"), _nfd("Tên"), "Nam", _nfd("Nữ"), None, None, None, None],
    ]
    for number, one in enumerate(people, 1):
        *family, given = one.name.split()
        born = one.born_text if number % 5 else one.born.year
        rows.append([number, _nfd(" ".join(family)), _nfd(given), None if one.female else born,
                     born if one.female else None, _nfd(one.post), _nfd(one.unit), int(one.phone), "Q9-2"])  # fmt: skip  # noqa: E501
    return _book(
        [("Danh sach", rows, ["A1:I1", "A2:I2", "A3:A4", "B3:C3", "D3:E3", "F3:F4", "G3:G4", "H3:H4", "I3:I4"])]
    )


def _q9_3(people: list[Learner]) -> bytes:
    """An old .xls: real dates and years, units in merged cells, capitals."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Lop Q9-3")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    sheet.write_merge(0, 0, 0, 5, "DANH SÁCH LỚP Q9-3")
    sheet.write_merge(1, 1, 0, 5, NOTE)
    for column, text in enumerate(["Stt", "Họ tên", "Ngày sinh", "Giới tính", "Chức danh", "Cơ quan, đơn vị"]):
        sheet.write(3, column, text)
    ordered = sorted(people, key=lambda one: (one.unit, one.name))
    row = 4
    while ordered:
        unit = ordered[0].unit
        here = [one for one in ordered if one.unit == unit]
        ordered = ordered[len(here) :]
        sheet.write_merge(row, row + len(here) - 1, 5, 5, unit)
        for one in here:
            sheet.write(row, 0, row - 3)
            sheet.write(row, 1, one.name.upper())
            if row % 7:
                sheet.write(row, 2, datetime(one.born.year, one.born.month, one.born.day), day)  # noqa: DTZ001
            else:
                sheet.write(row, 2, one.born.year)
            sheet.write(row, 3, "Nữ" if one.female else "Nam")
            sheet.write(row, 4, one.post)
            row += 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _q9_4(people: list[Learner]) -> bytes:
    """A .csv with semicolons: a 31 February, a double, needless spaces, phones without their zero."""
    rows: list[list[Any]] = [[NOTE], ["STT", "Họ và tên", "Ngày sinh", "Chức vụ", "Đơn vị", "SĐT", "Email", "Lớp"]]
    for number, one in enumerate(people, 1):
        born = (
            "31/2/1980"
            if number == 7
            else one.born_text
            if number % 3
            else f"{one.born.day}-{one.born.month}-{one.born.year}"
        )
        name = f"  {one.name.replace(' ', '  ')} " if number % 9 == 0 else one.name
        phone = one.phone[1:] if number % 2 else f"{one.phone[:4]}.{one.phone[4:7]}.{one.phone[7:]}"
        rows.append([number, name, born, one.post, one.unit, phone, one.email, "Q9-4"])
    double = people[11]
    rows.append([41, double.name, double.born_text, double.post, double.unit, double.phone[1:], double.email, "Q9-4"])
    return _csv(rows)


# ---- Bắc Kạn, December 2020

CLASS_OF_DISTRICT = {
    "Thành phố Bắc Kạn": "BK-1", "Huyện Bạch Thông": "BK-1", "Huyện Chợ Mới": "BK-1",
    "Huyện Ba Bể": "BK-2", "Huyện Chợ Đồn": "BK-2",
    "Huyện Na Rì": "BK-3", "Huyện Ngân Sơn": "BK-3", "Huyện Pác Nặm": "BK-3",
}  # fmt: skip


def bac_kan_communes() -> list[tuple[str, str]]:
    """(district, commune) of the 108 communes as of 1 February 2020."""
    with (UNITS / "1-typed" / "placements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    districts = {f"district:{row['code']}": f"{row['kind']} {row['name']}" for row in rows
                 if row["level"] == "district" and row["parent"] == "province:06"}  # fmt: skip
    found = []
    for row in rows:
        district = row["parent"].split("@")[0]
        if row["level"] == "commune" and district in districts and row["since"] == "2020-02-01":
            found.append((districts[district], f"{row['kind']} {row['name']}"))
    return found


def bac_kan(plan: Plan) -> dict[str, bytes]:
    people = People("bac-kan")
    classes: dict[str, list[Learner]] = {"BK-1": [], "BK-2": [], "BK-3": []}
    sheets: dict[str, list[list[Any]]] = {}
    communes = bac_kan_communes()
    for code, learners in classes.items():
        rows: list[list[Any]] = [
            ["DANH SÁCH CÔNG CHỨC CẤP XÃ DỰ TẬP HUẤN"],
            [NOTE],
            [None],
            ["TT", "Huyện, thành phố", "Xã, phường, thị trấn", "Họ và tên", "Năm sinh", "Chức danh", "Điện thoại"],
        ]
        number = 0
        for district in [name for name, its in CLASS_OF_DISTRICT.items() if its == code]:
            for place in [commune for of, commune in communes if of == district]:
                for first, post in enumerate(("Công chức Văn hóa - Thông tin", "Công chức Văn phòng - Thống kê")):
                    one = people.one(place, post, district, code)
                    learners.append(one)
                    number += 1
                    born = one.born.year if number % 4 else one.born_text
                    unit: Any = ... if first else (place, 2)
                    rows.append([number, district, unit, one.name, born, post, one.phone])
            rows.append([None])
        rows += [[None, None, None, f"Tổng số: {number} người"], [None, None, None, "NGƯỜI LẬP"]]
        sheets[code] = rows
    files = {"Danh sách cán bộ xã dự tập huấn.ods": _ods(sheets.items())}
    return files | _finished(plan, classes, "bac-kan")


# ---- ELP 2025

ELP_UNITS = [
    ("Sở Khoa học và Công nghệ Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh", 5),
    ("Trung tâm Chuyển đổi số Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh", 4),
    ("Sở Nội vụ Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh", 3),
    ("Sở Y tế Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh", 2),
    ("Sở Khoa học và Công nghệ thành phố Huế", "Thành phố Huế", 3),
    ("Văn phòng Ủy ban nhân dân thành phố Huế", "Thành phố Huế", 2),
    ("Sở Khoa học và Công nghệ thành phố Đà Nẵng", "Thành phố Đà Nẵng", 3),
    ("Văn phòng Ủy ban nhân dân thành phố Đà Nẵng", "Thành phố Đà Nẵng", 2),
    ("Sở Khoa học và Công nghệ tỉnh Bà Rịa - Vũng Tàu", "Tỉnh Bà Rịa - Vũng Tàu", 5),
    ("Sở Khoa học và Công nghệ tỉnh Khánh Hòa", "Tỉnh Khánh Hòa", 5),
]
ELP_POSTS = ["Giám đốc", "Phó Giám đốc", "Phó Giám đốc", "Trưởng phòng", "Chánh Văn phòng"]


def elp(plan: Plan) -> dict[str, bytes]:
    people = People("elp-2025")
    learners = [
        people.one(unit, ELP_POSTS[at], province, "ELP-2025")
        for unit, province, count in ELP_UNITS
        for at in range(count)
    ]
    rows: list[list[Any]] = [
        ["EXECUTIVE LEADERSHIP PROGRAMME 2025 (ELP 2025)"],
        ["DANH SÁCH ĐẠI BIỂU"],
        [NOTE],
        [None],
        [
            "No",
            "Họ và tên / Full name",
            "Năm sinh",
            "Chức vụ / Position",
            "Cơ quan, đơn vị",
            "Tỉnh, thành phố",
            "Email",
        ],
    ]
    titles = ("Ông", "Bà")
    for number, one in enumerate(learners, 1):
        name = f"{titles[one.female]} {one.name}" if number % 6 == 0 else one.name
        rows.append([number, name, one.born.year, one.post, one.unit, one.above, one.email])
    rows += [[None], [None, "Ghi chú: danh sách có thể thay đổi"]]
    book = _book([("Đại biểu", rows, ["A1:G1", "A2:G2", "A3:G3"])], (5, 28, 10, 20, 48, 24, 32))
    return {"ELP 2025 - danh sach dai bieu.xlsx": book} | _finished(plan, {"ELP-2025": learners}, "elp-2025")


# ---- running now

NOW_POSTS = [
    "Phó Chủ tịch",
    "Công chức Văn phòng Hội đồng nhân dân và Ủy ban nhân dân",
    "Công chức Phòng Văn hóa - Xã hội",
]


def city_communes() -> list[str]:
    """The 168 communes, wards and the special zone of Ho Chi Minh City from 1 July 2025."""
    with (UNITS / "2-country" / "placements.csv").open(encoding="utf-8", newline="") as file:
        found = [f"{row['kind']} {row['name']}" for row in csv.DictReader(file)
                 if row["level"] == "commune" and row["since"] == "2025-07-01" and not row["until"]
                 and row["parent"].split("@")[0] == "province:79"]  # fmt: skip
    return sorted(found)


def now(plan: Plan) -> dict[str, bytes]:
    people = People("now")
    random.Random("now-order").shuffle(communes := city_communes())
    learners = [
        people.one(commune, NOW_POSTS[at % 3], "Thành phố Hồ Chí Minh", f"DP-{at % 4 + 1}")
        for at, commune in enumerate(communes)
    ]
    head = [
        "STT",
        "Lớp",
        "Họ và tên",
        "Ngày sinh",
        "Nam/Nữ",
        "Chức vụ",
        "Xã, phường, đặc khu",
        "Di động",
        "Thư điện tử",
    ]
    rows: list[list[Any]] = [["ĐIỀU PHỐI VIÊN CHUYỂN ĐỔI SỐ CẤP XÃ"], [NOTE], head]
    for number, one in enumerate(learners[:126], 1):
        born: Any = datetime(one.born.year, one.born.month, one.born.day) if number % 2 else one.born_text  # noqa: DTZ001
        phone: Any = int(one.phone) if number % 3 else f"+84 {one.phone[1:]}"
        rows.append([number, one.class_code, one.name, born, "Nữ" if one.female else "Nam", one.post, one.unit, phone,
                     one.email])  # fmt: skip
    late: list[list[Any]] = [[NOTE], ["Nữ" if text == "Nam/Nữ" else text for text in head]]
    for number, one in enumerate([*learners[126:], replace(learners[3], phone=learners[3].phone[1:])], 1):
        late.append([number, one.class_code.lower(), one.name, one.born_text, "x" if one.female else "", one.post,
                     one.unit.upper(), one.phone, one.email])  # fmt: skip
    classes: dict[str, list[Learner]] = {said.code: [] for said in plan.classes}
    for one in learners:
        classes[one.class_code].append(one)
    files = {
        "Điều phối viên đợt 1.xlsx": _book([("Đợt 1", rows, ["A1:I1", "A2:I2"])]),
        "dieu phoi vien dot 2 (bo sung).csv": _csv(late),
    }
    return files | _finished(plan, classes, "now")


# ---- what a finished programme has: presence and marks


def _finished(plan: Plan, classes: dict[str, list[Learner]], seed: str) -> dict[str, bytes]:
    """`presence.xlsx` and, where something is marked, `marks.xlsx`: a sheet for each class, a row for each person.

    Of a programme that is running: the presence of the meetings before its day of today, but one that is late.
    """
    dice = random.Random(f"{seed}-results")
    presence, marks = [], []
    for said in plan.classes:
        learners = classes[said.code]
        if not learners:  # units are still asked for them
            continue
        often_away = set(dice.sample(range(len(learners)), max(1, len(learners) // 20)))
        days = [one.date for one in said.meetings if plan.shift is None or one.date < plan.shift]
        if plan.shift and said is plan.classes[2]:
            days.pop()
        # meetings are told by their number where a day has two of them or moves
        twice = plan.shift is not None or len(set(days)) < len(days)
        heads = [f"Buổi {number}" if twice else f"{day:%d/%m/%Y}" for number, day in enumerate(days, 1)]
        base = ["STT", "Họ và tên", "Ngày sinh", "Đơn vị"]
        rows: list[list[Any]] = [[f"ĐIỂM DANH LỚP {said.code}"], [f"{NOTE}. x: có mặt, 1/2: một phần, p: vắng có phép, v: vắng"],  # noqa: E501
                                 [*base, *heads]]  # fmt: skip
        for number, one in enumerate(learners, 1):
            away = 0.45 if number - 1 in often_away else 0.05
            states = [_state(dice, away) for _ in heads]
            rows.append([number, one.name, one.born_text, one.unit, *states])
        presence.append((said.code, rows, []))
        assessments = plan.assessments_of(said)
        if assessments and plan.shift is None:
            lines: list[list[Any]] = [[f"KẾT QUẢ LỚP {said.code}"], [f"{NOTE}. Điểm, hoặc x: đã nộp"],
                                      [*base, *(one.code for one in assessments)]]  # fmt: skip
            for number, one in enumerate(learners, 1):
                weak = number - 1 in often_away
                lines.append([number, one.name, one.born_text, one.unit,
                              *(_result(dice, item.kind, weak) for item in assessments)])  # fmt: skip
            marks.append((said.code, lines, []))
    files = {"presence.xlsx": _book(presence, (6, 26, 12, 40))}
    return files | ({"marks.xlsx": _book(marks, (6, 26, 12, 40, 16, 16))} if marks else {})


def _state(dice: random.Random, away: float) -> str:
    if dice.random() >= away:
        return "1/2" if dice.random() < 0.02 else "x"
    return dice.choice(["v", "p", "p"])


def _result(dice: random.Random, kind: str, weak: bool) -> Any:
    if kind == "test":
        return dice.choice([3.5, 4, 4.5, 6]) if weak else dice.randrange(12, 21) / 2
    return None if weak and dice.random() < 0.7 else "x"


EXAMPLES = {"district-9": district_9, "bac-kan": bac_kan, "elp-2025": elp, "now": now}


def made() -> dict[Path, bytes]:
    """Every file by its path."""
    found = {}
    for name, make in EXAMPLES.items():
        folder = ROOT / "examples" / name
        plan = read_plan_bytes((folder / "programme.yaml").read_bytes())
        found |= {folder / file: content for file, content in make(plan).items()}
    return found


def main() -> int:
    files = made()
    if "--check" in sys.argv:
        other = [path for path, content in files.items() if not path.exists() or path.read_bytes() != content]
        for path in other:
            print(f"{path.relative_to(ROOT)} is not what tools/examples/make.py makes")
        return 1 if other else 0
    for path, content in files.items():
        path.write_bytes(content)
        print(f"{path.relative_to(ROOT)}  {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
