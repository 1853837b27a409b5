"""The papers of a programme, the uploads that fill it, and the calendar feed."""

import io
from datetime import date
from typing import Any

import factories
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from training.held import World, at

from lantoa.common.refused import Refused
from lantoa.directory.models import Role
from lantoa.office.models import Document, Import
from lantoa.training.models import Assessment, Meeting
from lantoa.training.queries.papers import decision_paper, presence, report_paper, results
from lantoa.training.queries.rows import Choice

DAY = date(2020, 12, 31)


def cells(content: bytes) -> list[list[Any]]:
    """The values of the first sheet, empty rows left out."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = [[value for value in row if value is not None] for row in sheet.iter_rows(values_only=True)]
    return [row for row in rows if row]


def rows_of(content: bytes) -> list[list[Any]]:
    """The numbered rows."""
    return [row for row in cells(content) if str(row[0]).isdigit()]


def test_the_participants_open_as_a_table(world: World, officer: Client) -> None:
    address = reverse("training:sheet", args=[world.programme.key, "participants"])
    answer = officer.get(address, {"class": "Q9-1", "on": "2020-12-31"})
    assert [row[1] for row in rows_of(answer.content)] == ["Người 10", "Người 11", "Người 12", "Người 13"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="danh-sach-hoc-vien-Q9-1.xlsx"'


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ('A/1"b', 'attachment; filename="danh-sach-hoc-vien-A-1\\"b.xlsx"'),
        ("a\r\nSet-Cookie: b", 'attachment; filename="danh-sach-hoc-vien-a Set-Cookie: b.xlsx"'),
        ("Lớp", "attachment; filename*=utf-8''danh-sach-hoc-vien-L%E1%BB%9Bp.xlsx"),
    ],
)
def test_a_table_is_named_after_any_class(world: World, officer: Client, code: str, named: str) -> None:
    address = reverse("training:sheet", args=[world.programme.key, "participants"])
    assert officer.get(address, {"class": code}).headers["Content-Disposition"] == named


def test_the_results_say_presence_completion_and_number(world: World) -> None:
    rows = rows_of(results(Choice(world.programme, DAY, class_code="Q9-1")))
    assert ["01/CN-BQ9" in row for row in rows] == [True, False, False, False]
    assert len(rows) == 4


def test_a_class_of_sixteen_meetings_has_three_presence_sheets(world: World, officer: Client) -> None:
    found = factories.training_class(world.programme, code="Q9-9")
    for day in range(1, 17):
        factories.meeting(found, at(day, month=11))
    page = officer.get(reverse("training:papers", args=[world.programme.key])).content.decode()
    addresses = [reverse("training:presence_sheet", args=[found.key, number]) for number in (1, 2, 3, 4)]
    assert [address in page for address in addresses] == [True, True, True, False]
    assert [officer.get(address).status_code for address in addresses] == [200, 200, 200, 404]
    assert len(presence(found, on=DAY)) == 3


def test_a_class_without_meetings_has_a_sheet_to_sign(world: World, officer: Client) -> None:
    found = factories.training_class(world.programme, code="Q9-9")
    assert officer.get(reverse("training:presence_sheet", args=[found.key, 1])).status_code == 200


@pytest.mark.parametrize(
    ("kind", "letters", "title"),
    [
        ("report", "BC", "Kết quả thực hiện chương trình Chuyển đổi số cho lãnh đạo"),
        ("decision", "QĐ", "Về việc cấp chứng nhận hoàn thành chương trình Chuyển đổi số cho lãnh đạo"),
    ],
)
def test_a_paper_is_drafted_as_of_the_day_and_waits_for_its_number(
    world: World, officer: Client, kind: str, letters: str, title: str
) -> None:
    answer = officer.post(f"{reverse('training:draft', args=[world.programme.key, kind])}?on=2020-12-31")
    document = Document.objects.get()
    assert answer.headers["Location"] == reverse("office:document", args=[document.key])
    assert (document.kind, document.title, document.as_of, document.number) == (letters, title, DAY, None)


def test_no_decision_before_anybody_has_completed(world: World) -> None:
    with pytest.raises(Refused) as refused:
        decision_paper(Choice(world.programme, date(2020, 10, 1)))
    assert str(refused.value) == (
        "Cannot draft the decision on certificates of Chuyển đổi số cho lãnh đạo: nobody has completed by 01/10/2020."
    )


def test_no_paper_while_nobody_is_named_to_sign_it(world: World) -> None:
    world.programme.papers = {}
    with pytest.raises(Refused) as refused:
        report_paper(Choice(world.programme, DAY))
    assert str(refused.value) == (
        "Cannot draft the paper of Chuyển đổi số cho lãnh đạo: its file does not say who issues and signs it. "
        "Add the part «report» to the programme file and load it."
    )


def test_a_refusal_to_draft_is_a_page_with_its_words(world: World, officer: Client) -> None:
    answer = officer.post(f"{reverse('training:draft', args=[world.programme.key, 'decision'])}?on=2020-10-01")
    assert answer.status_code == 409
    assert "nobody has completed by 01/10/2020" in answer.content.decode()


# ---- uploads


def upload(officer: Client, world: World, page: str, text: str, **more: str) -> Any:
    sent = SimpleUploadedFile("danh-sach.csv", text.encode(), content_type="text/csv")
    return officer.post(reverse(f"training:{page}", args=[world.programme.key]), {"file": sent, **more})


@pytest.mark.parametrize(
    ("page", "kind", "text"),
    [
        ("import_roster", "training.roster", "Họ và tên,Ngày sinh,Đơn vị,Lớp\nLê Mới,1980,Phường Tân Phú,Q9-3\n"),
        ("import_presence", "training.presence", "Họ và tên,Lớp,Buổi 2\nNgười 20,Q9-2,x\nNgười 21,Q9-2,v\n"),
        ("import_marks", "training.marks", "Họ và tên,Lớp,Bài thu hoạch\nNgười 20,Q9-2,8\n"),
    ],
)
def test_a_list_becomes_a_preview_and_changes_nothing_yet(
    world: World, officer: Client, assessment: Assessment, page: str, kind: str, text: str
) -> None:
    answer = upload(officer, world, page, text)
    made = Import.objects.get()
    assert answer.headers["Location"] == reverse("office:show_import", args=[made.key])
    assert (made.kind, made.state) == (kind, Import.State.PREVIEWED)
    assert officer.get(answer.headers["Location"]).status_code == 200
    page_after = officer.get(reverse(f"training:{page}", args=[world.programme.key])).content.decode()
    assert "danh-sach.csv" in page_after


@pytest.mark.parametrize("page", ["import_roster", "import_presence", "import_marks"])
def test_a_list_without_a_file_is_asked_for(world: World, officer: Client, page: str) -> None:
    answer = officer.post(reverse(f"training:{page}", args=[world.programme.key]), {})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"file": ["Choose a file"]}


def test_a_sheet_that_names_no_meeting_is_refused_in_words(world: World, officer: Client) -> None:
    upload(officer, world, "import_presence", "Họ và tên,Lớp,Ghi chú\nNgười 20,Q9-2,x\n")
    made = Import.objects.get()
    page = officer.get(reverse("office:show_import", args=[made.key])).content.decode()
    assert made.state == Import.State.REFUSED
    assert "Cannot read danh-sach.csv: no column names a meeting or an assessment of these classes." in page


# ---- the calendar


def test_the_calendar_holds_the_meetings_learned_and_taught_and_no_others(world: World, client: Client) -> None:
    learner = world.enrolments["Q9-2"][0].person
    Meeting.objects.filter(pk=world.meetings["Q9-3"][0].pk).update(lecturer=learner)
    client.force_login(factories.user(Role.LEARNER, on=world.district, is_person=learner))
    address = client.get(reverse("training:me")).context["calendar"]
    client.logout()
    answer = client.get(address)
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert [str(event["summary"]) for event in events] == [
        "Q9-2: Chuyên đề 1", "Q9-2: Chuyên đề 1", "Q9-3: Chuyên đề 1", "Q9-2: Chuyên đề 1",
    ]  # fmt: skip
    assert events[0].decoded("dtstart") == at(5, 1)


def test_an_address_of_a_calendar_that_was_not_given_out_leads_nowhere(world: World, client: Client) -> None:
    person = world.enrolments["Q9-2"][0].person
    assert client.get(reverse("training:calendar", args=[f"{person.key}:falsch"])).status_code == 404
