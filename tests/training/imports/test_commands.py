"""`import-roster` and `certificates`: dry unless told, in words and for machines."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import translation
from factories import enrolment, person
from training.imports.conftest import AN, BINH, CUC, House, changed, csv_of, dump

from lantoa.directory.models import Person
from lantoa.office.models import File, Import
from lantoa.training.models import Certificate, Enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "ds.csv"
    made.write_bytes(csv_of(AN, BINH, changed(CUC, birth="31/02/1979")))
    return made


def run(command: str, *arguments: Any) -> str:
    said = StringIO()
    call_command(command, *map(str, arguments), stdout=said, stderr=StringIO())
    return said.getvalue()


def roster(path: Path, house: House, *arguments: Any) -> str:
    return run("import_roster", path, "--programme", house.programme.code, *arguments)


def refused(*arguments: Any) -> str:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return str(caught.value)


def on_disk() -> list[Path]:
    return [one for one in Path(settings.FILES_DIR).rglob("*") if one.is_file()]


class TestImportRoster:
    def test_dry_it_says_what_it_would_do_and_leaves_nothing(self, house: House, path: Path) -> None:
        assert roster(path, house).splitlines() == [
            "ds.csv: 2 new, 1 wrong",
            '  CSV!B4: "31/02/1979" is no date: month 2 of 1979 has no day 31.',
            "Nothing was written. Write it with --apply.",
        ]
        assert (Person.objects.count(), Import.objects.count(), File.objects.count(), on_disk()) == (0, 0, 0, [])

    def test_applied_it_says_how_to_take_it_back(self, house: House, path: Path) -> None:
        said = roster(path, house, "--apply")
        key = Import.objects.get().key
        assert said.splitlines()[-1] == f"Written. To take it back: lantoa import-roster --undo {key} --apply"
        assert Enrolment.objects.count() == 2

    def test_the_same_file_twice_changes_nothing_at_all(self, house: House, path: Path) -> None:
        roster(path, house, "--apply")
        before, files = dump(), on_disk()
        said = roster(path, house, "--apply")
        assert said.splitlines()[0] == "ds.csv: 2 already known, 1 wrong"
        assert said.splitlines()[-1] == "There is nothing to write."
        assert (dump(), Import.objects.count(), on_disk()) == (before, 1, files)

    def test_taking_back_is_dry_too(self, house: House, path: Path) -> None:
        before = dump()
        roster(path, house, "--apply")
        key = Import.objects.get().key
        assert run("import_roster", "--undo", key) == (
            "2 rows of ds.csv would be taken back. Write it with --apply.\n"
        )
        assert run("import_roster", "--undo", key, "--apply") == "Taken back: 2 rows of ds.csv.\n"
        assert dump() == before

    def test_for_machines(self, house: House, path: Path) -> None:
        said = json.loads(roster(path, house, "--json"))
        assert said["counts"] == {"new": 2, "changed": 0, "known": 0, "doubtful": 0, "wrong": 1}
        assert said["faults"] == [
            {
                "sheet": "CSV",
                "row": 4,
                "cell": "B4",
                "words": '"31/02/1979" is no date: month 2 of 1979 has no day 31.',
            }
        ]

    def test_doubtful_rows_are_told_and_decided(self, house: House, path: Path) -> None:
        roster(path, house, "--apply")
        path.write_bytes(csv_of(changed(AN, unit="Phường Phú Hữu", phone="", code="L2")))
        assert roster(path, house).splitlines()[1] == (
            "  CSV!2: Nguyễn Văn An may be known already: Nguyễn Văn An · 05/10/1985 · Chuyên viên"
        )
        call = ("import_roster", path, "--programme", house.programme.code, "--apply")
        assert refused(*call) == "Cannot apply the import: 1 doubtful rows still wait for a choice."
        roster(path, house, "--apply", "--doubtful", "new")
        assert Person.objects.count() == 3

    def test_the_sheet_comes_back_with_its_faults_marked(self, house: House, path: Path, tmp_path: Path) -> None:
        roster(path, house, "--marked", tmp_path / "marked.xlsx")
        cells = [
            str(cell.value) for row in openpyxl.load_workbook(tmp_path / "marked.xlsx").worksheets[0] for cell in row
        ]
        assert any("31/02/1979" in cell and "is no date" in cell for cell in cells)

    def test_a_column_taken_for_something_else(self, house: House, path: Path) -> None:
        path.write_text("Học viên;x;y;z\nNguyễn Văn An;Phường Long Bình;1985;L1\n")
        given = ("--columns", "full_name=A", "unit=B", "birth=C", "class_code=D")
        assert roster(path, house, *given).splitlines()[0] == "ds.csv: 1 new"

    def test_what_cannot_be_read_is_said(self, house: House, path: Path, tmp_path: Path) -> None:
        code = house.programme.code
        assert refused("import_roster", tmp_path / "no.csv", "--programme", code) == (
            "Cannot read no.csv: No such file or directory."
        )
        assert refused("import_roster", path, "--programme", "nothing") == (
            "Cannot load ds.csv: there is no programme nothing."
        )
        assert refused("import_roster", path) == "Name the programme: --programme CODE."
        assert refused("import_roster") == "Name one file, or an import to undo."
        assert refused("import_roster", "--undo", "0000") == "Cannot undo: there is no import 0000."
        assert refused("import_roster", path, "--programme", code, "--columns", "nom=B").startswith(
            "Cannot read the column nom=B: write one of "
        )


class TestCertificates:
    @pytest.fixture(autouse=True)
    def completed(self, house: House) -> None:
        for name, code in (("Nguyễn Văn An", "L1"), ("Trần Thị Bình", "L1"), ("Lê Thị Cúc", "L2")):
            enrolment(house.classes[code], person(name), completed_at=datetime(2020, 12, 1, tzinfo=UTC))

    def test_dry_it_says_how_many_are_due(self, house: House) -> None:
        assert run("certificates", house.programme.code).splitlines() == [
            "3 certificates are due, dated 2020-12-31.",
            "  L1: 2",
            "  L2: 1",
            "Nothing was issued. Issue them with --apply.",
        ]
        assert Certificate.objects.count() == 0

    def test_it_issues_and_writes_and_the_second_time_neither(self, house: House, tmp_path: Path) -> None:
        call = ("certificates", house.programme.code, "--apply", "--out", tmp_path / "out")
        assert run(*call).splitlines()[-2:] == ["3 issued.", "3 files written, 0 were there already."]
        files = {one.name: one.read_bytes()[:5] for one in (tmp_path / "out").rglob("*.pdf")}
        assert files == {
            "01-2020-CN-Q9 Nguyễn Văn An.pdf": b"%PDF-",
            "02-2020-CN-Q9 Trần Thị Bình.pdf": b"%PDF-",
            "03-2020-CN-Q9 Lê Thị Cúc.pdf": b"%PDF-",
        }
        assert run(*call).splitlines() == [
            "0 certificates are due, dated 2020-12-31.",
            "0 files written, 3 were there already.",
        ]
        assert Certificate.objects.count() == 3

    def test_a_file_that_is_gone_is_written_again(self, house: House, tmp_path: Path) -> None:
        call = ("certificates", house.programme.code, "--apply", "--out", tmp_path)
        run(*call)
        gone = tmp_path / "L2" / "03-2020-CN-Q9 Lê Thị Cúc.pdf"
        before = gone.read_bytes()
        gone.unlink()
        assert run(*call).splitlines()[-1] == "1 files written, 2 were there already."
        assert gone.read_bytes() == before

    def test_one_class_only(self, house: House) -> None:
        run("certificates", house.programme.code, "--class", "L2", "--apply")
        assert [one.facts["name"] for one in Certificate.objects.all()] == ["Lê Thị Cúc"]

    def test_what_cannot_be_done_is_said(self, house: House) -> None:
        code, name = house.programme.code, house.programme.name
        assert refused("certificates", "nothing") == "Cannot issue certificates: there is no programme nothing."
        assert refused("certificates", code, "--class", "L9") == (
            f"Cannot issue certificates: programme {name} has no class L9."
        )
        assert refused("certificates", code, "--on", "2999-01-01") == (
            f"Cannot issue certificates of {name} dated 01/01/2999: the day has not come yet."
        )
        assert refused("certificates", code, "--on", "2020-10-06") == (
            "Cannot issue certificates of class L1 dated 06/10/2020: its last meeting is on 12/10/2020."
        )
