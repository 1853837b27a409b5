"""A district with three wards, a programme with two classes, and rosters as text."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from factories import BY, meeting, programme, training_class, unit

from lantoa.directory.models import Level, Unit
from lantoa.ledger.actions import thing_key
from lantoa.office.actions import apply_import, keep_file, preview_file
from lantoa.office.models import Import, ImportRow
from lantoa.programmes.models import Programme
from lantoa.training.models import TrainingClass

AT = datetime(2020, 9, 28, 2, tzinfo=UTC)
HEADER = ("Họ và tên", "Ngày sinh", "Chức vụ", "Đơn vị", "CCCD", "Điện thoại", "Email", "Lớp")
AN = ("Nguyễn Văn An", "05/10/1985", "Chuyên viên", "Phường Long Bình", "", "0912345678", "", "L1")
BINH = ("Trần Thị Bình", "06/11/1990", "Chủ tịch", "Phường Tân Phú", "", "", "binh@example.vn", "L1")
CUC = ("Lê Thị Cúc", "07/12/1979", "Phó Chủ tịch", "Phường Long Bình", "", "", "", "L2")
Row = Sequence[Any]
TABLES = (
    "directory.Person", "directory.Post", "directory.Unit", "directory.Placement", "training.Enrolment",
    "training.Mark", "training.Submission", "training.Certificate", "presence.Attendance", "presence.Gathering",
)  # fmt: skip


def changed(row: Row, **values: Any) -> tuple[Any, ...]:
    """The row with other values: name, birth, post, unit, number, phone, email, code."""
    names = ("name", "birth", "post", "unit", "number", "phone", "email", "code")
    return tuple(values.get(name, value) for name, value in zip(names, row, strict=True))


def csv_of(*rows: Row) -> bytes:
    return "\n".join(";".join(str(cell) for cell in row) for row in (HEADER, *rows)).encode()


def xlsx_of(*rows: Row) -> bytes:
    import openpyxl

    made = openpyxl.Workbook()
    assert made.active is not None
    made.active.title = "DS"
    for row in rows:
        made.active.append(list(row))
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


@dataclass
class House:
    """The place and the programme of a test."""

    district: Unit
    wards: dict[str, Unit]
    programme: Programme
    classes: dict[str, TrainingClass]

    def preview(
        self, *rows: Row, content: bytes = b"", name: str = "ds.csv", kind: str = "roster", **more: Any
    ) -> Import:
        file = keep_file(
            by=BY,
            name=name,
            content=content or csv_of(*rows),
            unit=self.district,
            at=AT,
            seen_with="office.import",
        )
        return preview_file(
            by=BY, kind=f"training.{kind}", target=thing_key(self.programme), file=file, unit=self.district, at=AT,
            options=more, wait=True,
        )  # fmt: skip

    def load(self, *rows: Row, **more: Any) -> Import:
        return apply_import(by=BY, made=self.preview(*rows, **more), at=AT, wait=True)


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path) -> None:
    settings.KEYS_DIR = tmp_path / "keys"


def make_house(capacity: int = 40) -> House:
    district = unit("9", kind="Quận", level=Level.DISTRICT)
    wards = {name: unit(name, under=district) for name in ("Long Bình", "Tân Phú", "Phú Hữu")}
    made = programme(district, papers={"certificate": CERTIFICATE})
    classes = {code: training_class(made, code=code, capacity=capacity, rule=RULE) for code in ("L1", "L2")}
    meeting(classes["L1"], datetime(2020, 10, 5, 1, tzinfo=UTC))
    meeting(classes["L1"], datetime(2020, 10, 12, 1, tzinfo=UTC))
    meeting(classes["L2"], datetime(2020, 10, 6, 1, tzinfo=UTC))
    return House(district, wards, made, classes)


RULE = {"presence": {"at_least": 0.8}}
CERTIFICATE = {
    "title": "Chuyển đổi số cho lãnh đạo, quản lý",
    "issuer": "Ủy ban nhân dân Quận 9",
    "number": "{number}/{year}/CN-Q9",
    "place": "Quận 9",
    "signer": {"post": "Chủ tịch", "name": "Nguyễn Văn Mẫu"},
}


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def rows(made: Import) -> list[tuple[str, str]]:
    """Name and verdict of each row."""
    return [(row.values["full_name"], row.verdict) for row in made.rows.order_by("id")]


def row(made: Import, number: int = 2) -> ImportRow:
    return made.rows.get(number=number)


def words(made: Import) -> list[str]:
    """The faults of all rows, as they are said in English."""
    return [
        f"{fault['cell'] or one.number} {fault['severity']}: {fault['message'] % fault['values']}"
        for one in made.rows.order_by("id")
        for fault in one.faults
    ]


def changes(made: Import, number: int = 2) -> list[tuple[str, str, str]]:
    return [(one["field"], one["old"], one["new"]) for one in row(made, number).changes]


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables that an import may touch."""
    found = {}
    with connection.cursor() as cursor:
        for name in TABLES:
            table = apps.get_model(name)._meta.db_table
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY id")
            found[name] = cursor.fetchall()
    return found
