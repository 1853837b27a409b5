"""The four examples load as they stand; rosters are what their program makes; nobody real is in them."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import factories as make
import pytest

from lantoa.directory.actions.units import import_units
from lantoa.directory.queries.unit_files import built_in
from lantoa.office.rules.sheets import read_table_file
from lantoa.programmes.models import Programme
from lantoa.training.actions.plan import LoadReport, load_plan
from lantoa.training.models import Meeting, TrainingClass
from lantoa.training.rules.plan import read_plan_bytes
from lantoa.training.rules.roster import read_roster

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples"
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
PROVINCES = ["79", "74", "77", "06", "19", "46", "48", "49", "56", "58"]


def load(name: str, *, at: datetime = NOW) -> LoadReport:
    plan = read_plan_bytes((EXAMPLES / name / "programme.yaml").read_bytes())
    return load_plan(by=make.BY, plan=plan, at=at, apply=True)


@pytest.mark.django_db
def test_the_four_examples_are_loaded_one_after_the_other_and_again() -> None:
    import_units(by=make.BY, listed=built_in(provinces=PROVINCES), apply=True)
    for name in ("district-9", "bac-kan", "elp-2025", "now"):
        load(name)
    counts = {one.code: (one.classes.count(), Meeting.objects.filter(training_class__programme=one).count())
              for one in Programme.objects.all()}  # fmt: skip
    assert counts == {
        "quan-9-2020": (4, 64),
        "bac-kan-2020": (3, 6),
        "elp-2025": (1, 4),
        "dieu-phoi-vien-xa": (5, 48),
    }
    assert TrainingClass.objects.get(code="Q9-4").capacity == 40
    for name in ("district-9", "bac-kan", "elp-2025", "now"):
        assert load(name).changes == []


@pytest.mark.django_db
def test_the_example_of_today_moves_by_whole_weeks_and_stays_where_it_was_first_put() -> None:
    import_units(by=make.BY, listed=built_in(provinces=PROVINCES), apply=True)
    report = load("now", at=datetime(2027, 3, 17, 2, tzinfo=UTC))
    assert report.shifted_by == 16 * 7
    first = Meeting.objects.filter(training_class__code="DP-1").order_by("during")[0]
    assert first.during.lower == datetime(2027, 2, 16, 6, 30, tzinfo=UTC)
    assert load("now", at=datetime(2027, 6, 1, 2, tzinfo=UTC)).changes == []


ROSTERS = [
    ("district-9/Danh sách lớp Q9-1.xlsx", {"Q9-1": 41}, 1),
    ("district-9/Danh sách lớp Q9-2 (chính thức).xlsx", {"Q9-2": 40}, 0),
    ("district-9/DS lop Q9-3.xls", {"Q9-3": 40}, 0),
    ("district-9/lop_q9-4.csv", {"Q9-4": 41}, 2),
    ("bac-kan/Danh sách cán bộ xã dự tập huấn.ods", {"BK-1": 72, "BK-2": 70, "BK-3": 74}, 0),
    ("elp-2025/ELP 2025 - danh sach dai bieu.xlsx", {"": 34}, 0),
    ("now/Điều phối viên đợt 1.xlsx", {"DP-1": 32, "DP-2": 32, "DP-3": 31, "DP-4": 31}, 0),
    ("now/dieu phoi vien dot 2 (bo sung).csv", {"dp-1": 10, "dp-2": 10, "dp-3": 11, "dp-4": 12}, 0),
]


@pytest.mark.parametrize(("name", "people", "errors"), ROSTERS)
def test_a_messy_roster_is_read_with_few_faults(name: str, people: dict[str, int], errors: int) -> None:
    path = EXAMPLES / name
    reading = read_roster(read_table_file(path.read_bytes(), path.name), date(2026, 11, 24))
    found: dict[str, int] = {}
    for row in reading.rows:
        found[row.class_code] = found.get(row.class_code, 0) + 1
    assert found == people
    assert sum(fault.severity == "error" for fault in reading.faults) == errors


def test_nobody_of_the_articles_and_nobody_twice_stands_in_a_roster() -> None:
    names: list[str] = []
    for name, _, _ in ROSTERS:
        path = EXAMPLES / name
        names += {
            row.full_name
            for row in read_roster(read_table_file(path.read_bytes(), path.name), date(2026, 11, 24)).rows
        }
    real = {
        "Dương Anh Đức",
        "Trần Văn Bảy",
        "Hoàng Công Gia Khánh",
        "Hà Văn Tiến",
        "Ngô Huy Thắng",
        "Lô Quang Tuyến",
        "Võ Văn Hoan",
    }
    assert real & set(names) == set()
    assert len(names) > 570


@pytest.mark.parametrize("name", [name for name, _, _ in ROSTERS])
def test_every_roster_says_that_its_people_are_invented(name: str) -> None:
    path = EXAMPLES / name
    workbook = read_table_file(path.read_bytes(), path.name)
    texts = [str(cell) for sheet in workbook.sheets for row in sheet.rows[:8] for cell in row if cell]
    import unicodedata

    assert any("Dữ liệu minh họa, người không có thật" in unicodedata.normalize("NFC", text) for text in texts)


def test_the_committed_files_are_what_the_program_makes() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "examples" / "make.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
