"""The pages of the office: who sees them, what they say, what their buttons do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from factories import BY, unit, user
from office.days_off import lines
from office.test_documents import drafted

from lantoa.directory.models import Unit
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.imports import apply_import, preview_file
from lantoa.office.actions.jobs import Running, forget_files_of_jobs, start_job
from lantoa.office.models import DayChange, Document, Import, Job
from lantoa.office.tasks import mark_file

pytestmark = pytest.mark.django_db
AT = datetime(2020, 10, 5, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english(client: Client) -> None:
    client.cookies["django_language"] = "en"


@pytest.fixture
def officer(ward: Unit, client: Client) -> Client:
    client.force_login(user("programme_officer", on=ward))
    return client


def loaded(ward: Unit, content: bytes, name: str = "days.csv") -> Import:
    file = keep_file(by=BY, name=name, content=content, unit=ward, at=AT, seen_with="office.import")
    return preview_file(by=BY, kind="test.days_off", target="test:1", file=file, unit=ward, at=AT)


def job_of(ward: Unit, **fields: Any) -> Job:
    job = start_job(by=BY, kind="test.days", arguments={"count": 1}, unit=ward, at=AT)
    Job.objects.filter(pk=job.pk).update(**fields)
    job.refresh_from_db()
    return job


def page(client: Client, name: str, *args: str, query: str = "") -> str:
    response = client.get(reverse(f"office:{name}", args=args) + query)
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


LISTS = {
    "jobs": lambda ward: job_of(ward),
    "imports": lambda ward: loaded(ward, lines([("2020-10-05", "a")])),
    "documents": lambda ward: drafted(ward),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_database_the_same_few_times_however_long(ward: Unit, officer: Client, name: str) -> None:
    LISTS[name](ward)
    officer.get(reverse(f"office:{name}"))
    asked = []
    for more in (0, 2):
        for _ in range(more):
            LISTS[name](ward)
        with CaptureQueriesContext(connection) as queries:
            officer.get(reverse(f"office:{name}"))
        asked.append(len(queries))
    # the frame of the page asks for the reader and their navigation; the list itself asks for a count and a page
    assert [query["sql"].count('FROM "office_') for query in queries if 'FROM "office_' in query["sql"]] == [1, 1]
    assert asked[0] == asked[1]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_shows_only_what_is_in_ones_care(ward: Unit, officer: Client, name: str) -> None:
    mine, other = LISTS[name](ward), LISTS[name](unit())
    shown = page(officer, name)
    assert (mine.key in shown, other.key in shown) == (True, False)


@pytest.mark.parametrize(
    ("name", "words"),
    [("jobs", "No long jobs yet"), ("imports", "No imports yet"), ("documents", "No documents yet")],
)
def test_an_empty_list_says_what_would_be_there(officer: Client, name: str, words: str) -> None:
    assert words in page(officer, name)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("job", LISTS["jobs"]),
        ("job_progress", LISTS["jobs"]),
        ("show_import", LISTS["imports"]),
        ("map_columns", LISTS["imports"]),
        ("marked_file", LISTS["imports"]),
        ("document", LISTS["documents"]),
    ],
)
def test_strangers_do_not_find_a_page(ward: Unit, client: Client, name: str, make: Any) -> None:
    thing = make(ward)
    address = reverse(f"office:{name}", args=[thing.key])
    assert client.get(address).status_code == 302
    client.force_login(user("programme_officer", on=unit()))
    assert client.get(address).status_code == 404
    client.force_login(user("learner", on=ward))
    assert client.get(address).status_code == 404


class TestJobs:
    def test_a_running_job_shows_how_far_it_is_and_reloads_without_javascript(
        self, ward: Unit, officer: Client
    ) -> None:
        job = job_of(ward, state="running", done=40, total=160)
        shown = page(officer, "job", job.key)
        assert "40 of 160" in shown
        assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in shown
        assert f'data-poll="/jobs/{job.key}/progress/"' in shown

    def test_progress_alone_is_a_fragment_and_empty_once_the_job_has_ended(self, ward: Unit, officer: Client) -> None:
        job = job_of(ward, state="running", done=40, total=160)
        assert page(officer, "job_progress", job.key).startswith('<div class="lt-progress"')
        Job.objects.update(state="done")
        assert page(officer, "job_progress", job.key) == ""

    def test_a_job_that_is_done_leads_to_its_result(self, ward: Unit, officer: Client) -> None:
        job = job_of(ward, state="done", result={"url": "/made/"})
        shown = page(officer, "job", job.key)
        assert '<a class="govuk-link" href="/made/">See the result</a>' in shown
        assert "http-equiv" not in shown

    def test_a_refused_job_says_why_in_the_language_of_the_reader(self, ward: Unit, officer: Client) -> None:
        message = "Cannot do the job: this installation knows no job %(kind)s."
        job = job_of(ward, state="failed", refusal={"message": message, "values": {"kind": "x.y"}})
        assert "Cannot do the job: this installation knows no job x.y." in page(officer, "job", job.key)

    def test_a_crashed_job_gives_a_code_to_quote(self, ward: Unit, officer: Client) -> None:
        job = job_of(ward, state="failed", error_code="0a1b2c3d")
        assert "Tell the administrator the code 0a1b2c3d." in page(officer, "job", job.key)

    def test_the_officer_stops_a_job(self, ward: Unit, officer: Client) -> None:
        job = job_of(ward)
        assert officer.post(reverse("office:stop_job", args=[job.key])).status_code == 302
        job.refresh_from_db()
        assert job.state == "stopped"

    def test_an_auditor_sees_a_job_and_stops_none(self, ward: Unit, client: Client) -> None:
        job = job_of(ward)
        client.force_login(user("auditor", on=ward))
        assert page(client, "job", job.key)
        assert client.post(reverse("office:stop_job", args=[job.key])).status_code == 404


class TestImports:
    def test_the_preview_says_what_will_happen_to_how_many(self, ward: Unit, officer: Client) -> None:
        DayChange.objects.create(day="2020-10-06", works=False, words="old words")
        made = loaded(ward, lines([("2020-10-05", "a"), ("2020-10-06", "new words"), ("2020-10-77", "b")]))
        shown = page(officer, "show_import", made.key)
        assert "Apply 2 rows?" in shown
        assert [f"<li>{words}</li>" in shown for words in ("Added: 1", "Changed: 1", "Left out: 1")] == [True] * 3
        assert "<del>old words</del> → <ins>new words</ins>" in shown
        assert '<span class="lt-code">A3</span> &quot;2020-10-77&quot; is not a date' in shown
        assert "Undo this import?" not in shown

    def test_rows_of_one_verdict_are_shown_alone(self, ward: Unit, officer: Client) -> None:
        made = loaded(ward, lines([("2020-10-05", "good one"), ("2020-10-77", "bad one")]))
        shown = page(officer, "show_import", made.key, query="?verdict=wrong")
        assert ("bad one" in shown, "good one" in shown) == (True, False)

    def test_hostile_text_is_shown_as_text(self, ward: Unit, officer: Client) -> None:
        made = loaded(ward, lines([("2020-10-05", "<script>alert(1)</script>")]))
        shown = page(officer, "show_import", made.key)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
        assert "<script>alert" not in shown

    def test_the_buttons_apply_and_undo(self, ward: Unit, officer: Client) -> None:
        made = loaded(ward, lines([("2020-10-05", "a")]))
        officer.post(reverse("office:apply_import", args=[made.key]))
        assert DayChange.objects.count() == 1
        shown = page(officer, "show_import", made.key)
        assert ("Undo this import?" in shown, "Rows taken back: 1" in shown) == (True, True)
        officer.post(reverse("office:undo_import", args=[made.key]))
        assert DayChange.objects.count() == 0

    def test_what_depends_on_it_takes_the_place_of_the_undo_button(self, ward: Unit, officer: Client) -> None:
        made = apply_import(by=BY, made=loaded(ward, lines([("2020-10-05", "needed")])), at=AT)
        shown = page(officer, "show_import", made.key)
        assert ("Cannot undo: 05/10/2020 is needed." in shown, "Undo this import?" in shown) == (True, False)

    def test_doubtful_rows_are_chosen_on_the_page(self, ward: Unit, officer: Client) -> None:
        made = loaded(ward, lines([("2020-10-05", "?a"), ("2020-10-06", "?b")]))
        shown = page(officer, "show_import", made.key)
        assert "2 doubtful rows wait for your choice before the file can be applied." in shown
        assert "The same as 1 January" in shown
        first = made.rows.order_by("number")[0]
        officer.post(reverse("office:choose_rows", args=[made.key]), {f"row-{first.pk}": "new", "others": "all-skip"})
        assert list(made.rows.order_by("number").values_list("choice", flat=True)) == ["new", "skip"]
        assert "Apply 1 row?" in page(officer, "show_import", made.key)

    def test_a_forged_choice_is_refused_with_words(self, ward: Unit, officer: Client) -> None:
        made = loaded(ward, lines([("2020-10-05", "?a")]))
        for data in ({"row-1x": "new"}, {f"row-{made.rows.get().pk}": "someone"}):
            response = officer.post(reverse("office:choose_rows", args=[made.key]), data)
            assert response.status_code == 409
            assert "Cannot choose: one of the rows does not offer this choice." in response.content.decode()

    def test_an_unreadable_file_says_why(self, ward: Unit, officer: Client) -> None:
        made = loaded(ward, b"unreadable")
        shown = page(officer, "show_import", made.key)
        assert ("Cannot read the file days.csv: it is a test." in shown, "Apply" in shown) == (True, False)

    def test_columns_are_corrected_and_the_file_is_read_again(self, ward: Unit, officer: Client) -> None:
        made = loaded(ward, lines([("2020-10-05", "a")]))
        address = reverse("office:map_columns", args=[made.key])
        assert "A: Ngày" in officer.get(address).content.decode()
        twice = officer.post(address, {"column-0": "day", "column-1": "day"}).content.decode()
        assert "Columns A and B are both taken for the same thing" in twice
        officer.post(address, {"column-0": "words", "column-1": "day"})
        made.refresh_from_db()
        assert made.options == {"columns": {"": {"words": "A", "day": "B"}}}

    def test_the_sheet_comes_back_with_its_faults_marked_and_formulas_as_text(
        self, ward: Unit, officer: Client
    ) -> None:
        from io import BytesIO

        from openpyxl import load_workbook

        made = loaded(ward, lines([("2020-10-05", "=1+1"), ("2020-10-77", "b")]))
        response = officer.get(reverse("office:marked_file", args=[made.key]))
        assert response.headers["Content-Disposition"] == 'attachment; filename="days-faults.xlsx"'
        book = load_workbook(BytesIO(response.content))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]
        assert [cell.value for cell in cells if "is not a date" in str(cell.value)] != []

    def test_the_marked_sheet_of_a_large_file_is_made_by_a_job_and_forgotten_after_a_week(
        self, ward: Unit, officer: Client, django_capture_on_commit_callbacks: Any
    ) -> None:
        made = loaded(ward, lines([("2020-10-77", "b")]))
        officer.post(reverse("office:marked_file", args=[made.key]))
        Job.objects.update(state="running")
        job = Job.objects.get(kind="office.marked_file")
        running = Running(job, connection.connection, lambda: False)
        result = mark_file(running)
        assert mark_file(running) == result
        response = officer.get(result["url"] if result else "")
        assert b"".join(response)[:2] == b"PK"  # type: ignore[call-overload]
        Job.objects.update(finished_at=AT)
        with django_capture_on_commit_callbacks(execute=True):
            forget_files_of_jobs(at=AT + timedelta(days=8))
        assert officer.get(result["url"] if result else "").status_code == 404

    def test_an_import_under_way_shows_its_progress_and_no_buttons(self, ward: Unit, officer: Client) -> None:
        made = loaded(ward, lines([("2020-10-05", "a")]))
        job = job_of(ward, state="running", done=500, total=100_000)
        Import.objects.update(state="applying", job=job)
        shown = page(officer, "show_import", made.key)
        assert ("500 of 100,000" in shown, "Apply 1 row?" in shown) == (True, False)

    def test_a_broken_off_import_says_so_and_can_be_finished(self, ward: Unit, officer: Client) -> None:
        made = loaded(ward, lines([("2020-10-05", "a")]))
        Import.objects.update(state="applying", job=job_of(ward, state="failed"))
        shown = page(officer, "show_import", made.key)
        assert ("The work was broken off and nothing of it was kept." in shown, "Apply 1 row?" in shown) == (
            True,
            True,
        )
        officer.post(reverse("office:apply_import", args=[made.key]))
        assert DayChange.objects.count() == 1


class TestDocuments:
    def test_a_draft_proposes_the_next_number_and_takes_the_clerks(self, ward: Unit, officer: Client) -> None:
        document = drafted(ward)
        address = reverse("office:document", args=[document.key])
        assert 'name="number" value="1"' in officer.get(address).content.decode()
        assert officer.post(address, {"number": "9", "dated": "2020-12-31"}).status_code == 302
        shown = page(officer, "document", document.key)
        assert ("09/BC-UBND" in shown, "Enter the number" in shown) == (True, False)
        assert "09/BC-UBND" in page(officer, "documents")

    def test_a_taken_number_is_said_on_the_page(self, ward: Unit, officer: Client) -> None:
        for title in ("Báo cáo đầu", "Báo cáo sau"):
            document = drafted(ward, title)
            response = officer.post(
                reverse("office:document", args=[document.key]), {"number": "5", "dated": "2020-12-31"}
            )
        assert "this number of 2020 belongs to &quot;Báo cáo đầu&quot; of 31/12/2020." in response.content.decode()

    def test_a_number_that_is_none_is_said_at_its_field(self, ward: Unit, officer: Client) -> None:
        address = reverse("office:document", args=[drafted(ward).key])
        shown = officer.post(address, {"number": "x", "dated": "31/02/2020"}).content.decode()
        assert "The number must be a whole number" in shown
        assert "The date must be a real date, like 05/10/2020" in shown

    def test_a_number_entered_meanwhile_is_not_entered_again(self, ward: Unit, officer: Client) -> None:
        document = drafted(ward)
        address = reverse("office:document", args=[document.key])
        officer.post(address, {"number": "5", "dated": "2020-12-31"})
        shown = officer.post(address, {"number": "6", "dated": "2020-12-31"}).content.decode()
        assert "Cannot change the document: it is frozen as 05/BC-UBND of 31/12/2020." in shown
        assert Document.objects.get().number == 5

    @pytest.mark.parametrize(("extension", "begins"), [("docx", b"PK"), ("pdf", b"%PDF-")])
    def test_the_files_are_made_when_asked(self, ward: Unit, officer: Client, extension: str, begins: bytes) -> None:
        document = drafted(ward)
        response = officer.get(reverse("office:document_file", args=[document.key, extension]))
        assert response.content.startswith(begins)
        assert response.headers["Content-Disposition"] == f'attachment; filename="BC-UBND-du-thao.{extension}"'

    def test_another_kind_of_file_is_not_found(self, ward: Unit, officer: Client) -> None:
        address = reverse("office:document_file", args=[drafted(ward).key, "exe"])
        assert officer.get(address).status_code == 404

    def test_a_wrong_number_is_put_right_on_a_page_that_keeps_the_old_one(self, ward: Unit, officer: Client) -> None:
        document = drafted(ward)
        address = reverse("office:correct_number", args=[document.key])
        assert officer.get(address).headers["Location"] == reverse("office:document", args=[document.key])
        officer.post(reverse("office:document", args=[document.key]), {"number": "50", "dated": "2020-12-31"})
        assert f'href="{address}"' in page(officer, "document", document.key)
        assert "Now 50/BC-UBND of 31 December 2020." in page(officer, "correct_number", document.key)
        sent = {"number": "5", "dated": "2020-12-31"}
        assert "Enter the reason" in officer.post(address, sent).content.decode()
        assert officer.post(address, {**sent, "reason": "gõ nhầm"}).status_code == 302
        shown = page(officer, "document", document.key)
        assert "05/BC-UBND" in shown
        assert "50/BC-UBND of 31 December 2020, until" in shown
        assert "): gõ nhầm</li>" in shown

    def test_a_correction_that_is_refused_says_why_on_its_page(self, ward: Unit, officer: Client) -> None:
        for number, title in (("5", "Báo cáo đầu"), ("6", "Báo cáo sau")):
            document = drafted(ward, title)
            sent = {"number": number, "dated": "2020-12-31"}
            officer.post(reverse("office:document", args=[document.key]), sent)
        address = reverse("office:correct_number", args=[document.key])
        shown = officer.post(address, {"number": "5", "dated": "2020-12-31", "reason": "x"}).content.decode()
        assert "this number of 2020 belongs to &quot;Báo cáo đầu&quot; of 31/12/2020." in shown

    def test_a_draft_is_discarded(self, ward: Unit, officer: Client) -> None:
        officer.post(reverse("office:discard_document", args=[drafted(ward).key]))
        assert Document.objects.count() == 0


def test_the_pages_speak_vietnamese(ward: Unit, officer: Client) -> None:
    del officer.cookies["django_language"]
    assert '<html lang="vi"' in page(officer, "imports")
