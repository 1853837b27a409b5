"""A person is erased: the whole database and every file are searched, by this test's own eyes, and nothing is found
but what the law keeps and names."""

import base64
import io
import json
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import factories
import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from training.feedback.saying import NAMED, SHORT

from lantoa.accounts.actions import issue_link
from lantoa.accounts.models import PersonalLink, User
from lantoa.common.refused import Refused
from lantoa.common.vietnamese import fold
from lantoa.directory.actions.moves import ask_transfer, decline_transfer
from lantoa.directory.actions.restriction import restrict_person
from lantoa.directory.models import Person, Post, Role, RoleGrant, Transfer, Unit
from lantoa.ledger.models import Entry
from lantoa.office.actions.documents import draft_document, enter_number
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.imports import apply_import, preview_file, undo_import
from lantoa.office.actions.jobs import start_job
from lantoa.office.actions.privacy import enter_purpose, enter_request, give_consent
from lantoa.office.models import Document, File, Import, Job
from lantoa.office.queries.traces import Needles, search_database, search_files
from lantoa.presence.models import Attendance, Correction
from lantoa.training.actions.calls import ask_units, open_call
from lantoa.training.actions.certificates import issue_certificates
from lantoa.training.actions.feedback import answer, load_form, open_survey
from lantoa.training.actions.nominations import nominate, replace_nominee, turn_down
from lantoa.training.models import (
    AnswerGiven,
    Assessment,
    Certificate,
    Enrolment,
    Joining,
    Mark,
    NamedAnswer,
    Nomination,
    OpenClass,
    Submission,
    SuperiorAsk,
    TrainingClass,
)
from lantoa.training.queries.papers import decision_paper
from lantoa.training.queries.rows import Choice
from lantoa.training.rules.feedback.occasions import Occasion
from lantoa.web.actions_privacy import erase_person
from lantoa.web.queries_privacy import everything_about, package, rows_about, subject_of, tables

pytestmark = pytest.mark.django_db
NAME = "Đặng Thị Thuỷ Tiên"
PHONE, EMAIL, NUMBER = "0987612345", "thuytien.dang@example.org", "079185001234"
AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
ON = date(2026, 11, 20)
SIGNER = {"post": "Chủ tịch", "name": "Nguyễn Văn Ký"}
PAPERS = {
    "report": {"issuer": "Ủy ban nhân dân Quận 9", "code": "UBND", "place": "Quận 9", "signer": SIGNER},
    "certificate": {
        "issuer": "Ủy ban nhân dân Quận 9",
        "title": "Chứng nhận",
        "number": "{number}/{year}/CN-XOA",
        "place": "Quận 9",
        "signer": SIGNER,
    },
}


@dataclass
class Life:
    """A person with something in every room."""

    person: Person
    user: User
    certificate: Certificate
    token: str
    submission: File
    roster: Import
    other: Person


def eyes(texts: list[str], data: list[bytes]) -> list[str]:
    """Where any of it stands: every value of every row of every table, and every byte of every file."""
    needles = [fold(one) for one in texts]
    exact = [*data, *(form.encode() for text in texts for form in forms(text))]
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert cursor.description
            columns = [one.name for one in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if is_there(value, needles, exact):
                        found.append(f"{table}.{column}")
    for path in Path(settings.FILES_DIR).rglob("*"):
        if path.is_file() and any(one in part for part in parts(path.read_bytes()) for one in exact):
            found.append(f"file {path.parent.name}/{path.name}")
    return sorted(set(found))


def forms(text: str) -> set[str]:
    return {unicodedata.normalize(form, one) for form in ("NFC", "NFD") for one in (text, text.upper(), text.lower())}


def is_there(value: Any, needles: list[str], exact: list[bytes]) -> bool:
    if isinstance(value, memoryview | bytes):
        return any(one in bytes(value) for one in exact)
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False, default=str)
    if not isinstance(value, str):
        return False
    if any(one in fold(value) for one in needles):
        return True
    letters = "".join(one for one in value if one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    packed = base64.b32decode(letters[: len(letters) // 8 * 8]) if len(letters) > 80 else b""
    return any(one in packed for one in exact)


def parts(data: bytes) -> list[bytes]:
    if data[:2] != b"PK":
        return [data]
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return [data, *(packed.read(one) for one in packed.infolist())]


def sheet(*rows: tuple[object, ...]) -> bytes:
    held = io.BytesIO()
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(held)
    return held.getvalue()


@pytest.fixture
def life(settings: Any, tmp_path: Path) -> Life:
    settings.KEYS_DIR = tmp_path / "keys"
    district = factories.unit("9", kind="Quận", code="763")
    ward = factories.unit("Long Bình", under=district)
    programme = factories.programme(district, papers=PAPERS, decision=factories.decision())
    course = factories.course(district)
    training_class = factories.training_class(programme, course=course, code="Q9-1")
    old = factories.training_class(programme, course=course, code="Q9-2")
    meeting = factories.meeting(training_class)
    # a roster as it came, applied: the person and a neighbour, identity numbers in clear
    head = ("Họ và tên", "Năm sinh", "Đơn vị", "Chức vụ", "CCCD", "Điện thoại", "Email", "Lớp")
    content = sheet(
        head,
        (NAME, 1985, "Phường Long Bình", "Chuyên viên", NUMBER, PHONE, EMAIL, "Q9-1"),
        ("Trần Văn Hàng Xóm", 1980, "Phường Long Bình", "Phó Chủ tịch", "079080005555", "0911222333", "", "Q9-1"),
    )
    file = keep_file(
        by=factories.BY,
        name=f"{NAME} và các học viên.xlsx",
        content=content,
        unit=district,
        at=AT,
        seen_with="office.import",
    )
    made = preview_file(
        by=factories.BY, kind="training.roster", target=f"programmes.programme:{programme.key}", file=file,
        unit=district, at=AT, wait=True,
    )  # fmt: skip
    assert made.summary == {"new": 2, "changed": 0, "known": 0, "doubtful": 0, "wrong": 0}, list(
        made.rows.values_list("faults", flat=True)
    )
    made = apply_import(by=factories.BY, made=made, at=AT, wait=True)
    person = Person.objects.get(folded=fold(NAME))
    assert person.id_hash is not None
    other = Person.objects.get(folded=fold("Trần Văn Hàng Xóm"))
    # the same file loaded again and never applied
    preview_file(
        by=factories.BY, kind="training.roster", target=f"programmes.programme:{programme.key}", file=file,
        unit=district, at=AT, wait=True,
    )  # fmt: skip
    user = factories.user(Role.LEARNER, on=ward, is_person=person, full_name=NAME, email=EMAIL)
    token = issue_link(by=factories.BY, user=user, kind=PersonalLink.Kind.LINK, at=timezone.now()).token
    Client().force_login(user)
    enrolment = Enrolment.objects.get(person=person)
    never = factories.enrolment(old, person, unit=ward, post_title="Chuyên viên")
    assert never.pk
    test = Assessment.objects.create(training_class=training_class, code="kt", title="Kiểm tra", kind="test")
    plan = Assessment.objects.create(training_class=training_class, code="kh", title="Kế hoạch", kind="plan")
    Mark.objects.create(enrolment=enrolment, assessment=test, value=8, at=AT, by="user:x", source="page")
    handed = keep_file(
        by=user, name=f"ke-hoach-{PHONE}.txt", content=f"Người lập: {NAME.upper()}".encode(), unit=ward, at=AT
    )
    Submission.objects.create(
        enrolment=enrolment, assessment=plan, text=unicodedata.normalize("NFD", f"Tôi, {NAME}, xin trình bày"),
        file=handed, problem=f"Liên hệ {EMAIL}", first_step="", unit=ward, handed_in_at=AT,
    )  # fmt: skip
    line = Attendance.objects.create(
        gathering=meeting.gathering, person=person, state="present", share=1, how="code", at=AT, by="user:x"
    )
    Correction.objects.create(
        attendance=line, state_before="absent", share_before=0, reason=f"{NAME} đến muộn", at=AT, by="user:x"
    )
    Enrolment.objects.filter(pk=enrolment.pk).update(completed_at=AT)
    issue_certificates(by=factories.BY, programme=programme, on=ON)
    # a job that was refused, naming her; a numbered decision and a draft
    job = start_job(by=user, kind="office.import", arguments={"import": made.key}, unit=district, at=AT)
    Job.objects.filter(pk=job.pk).update(
        state="failed", refusal={"message": "Cannot load %(person)s", "values": {"person": NAME}}
    )
    paper = decision_paper(Choice(programme, ON))
    for number in (7, None):
        document = draft_document(
            by=factories.BY, kind="QĐ", title=paper.abstract, issuer=district, symbol="QĐ-UBND", content=paper,
            about=f"programmes.programme:{programme.key}", as_of=ON, at=AT,
        )  # fmt: skip
        if number:
            enter_number(by=factories.BY, document=document, number=number, dated=ON, at=AT)
    purpose = enter_purpose(
        by=factories.BY, code="bao-tin", ground="consent", basis="Điều 9 Luật 91/2025/QH15", data="Điện thoại",
        titles=("Báo tin", "Notices"), texts=("Gửi tin.", "Send."), since=ON, at=AT,
    )  # fmt: skip
    give_consent(by=user, person=person, text=purpose.texts.get(), agreed=True, channel="page", language="vi", at=AT)
    enter_request(by=user, person=person, unit=ward, kind="delete", channel="page", words=f"{NAME}: xóa hết", at=AT)
    return Life(person, user, Certificate.objects.get(), token, handed, made, other)


@pytest.fixture
def busy(life: Life) -> Life:
    """The same, who was nominated, was to move, said what she thinks and joined an open class by the public page."""
    person = life.person
    first = Enrolment.objects.get(person=person, training_class__code="Q9-1")
    is_nominated_and_moves(person, first.unit, first.training_class)
    says_what_she_thinks(person, life.other, first.training_class)
    joins_an_open_class(Enrolment.objects.get(person=person, training_class__code="Q9-2"))
    return life


def is_nominated_and_moves(person: Person, ward: Unit, training_class: TrainingClass) -> None:
    """Turned down once, replaced by nobody; a transfer that did not come about; both with words about her."""
    programme, course = training_class.programme, training_class.course
    call = open_call(
        by=factories.BY, programme=programme, course=course, title="Cử", places=3, due_on=date(2026, 12, 1), at=AT
    )
    (asked,) = ask_units(by=factories.BY, call=call, units=[ward], at=AT)
    first, second = (
        nominate(by=factories.BY, asked=asked, people=[one], at=AT)[0] for one in (person, stand_in(ward))
    )
    turn_down(by=factories.BY, nomination=first, reason=f"{NAME} đã học rồi", at=AT)
    replace_nominee(by=factories.BY, nomination=second, person=person, at=AT)
    Nomination.objects.filter(person=person).update(post_title=f"Thư ký của {NAME}")
    target = factories.unit("Tân Phú", under=ward.placements.get().parent)
    post = person.posts.latest("period")
    moved = ask_transfer(by=factories.BY, post=post, target=target, title=f"Thay {NAME}", on=ON, at=AT)
    decline_transfer(by=factories.BY, transfer=moved, reason=f"{NAME} xin ở lại", at=AT)


def stand_in(ward: Unit) -> Person:
    return factories.person("Lê Văn Thay", at=ward)


def says_what_she_thinks(person: Person, other: Person, training_class: TrainingClass) -> None:
    """With her name and without it; and she is asked about another as their superior."""
    district = training_class.programme.unit
    for text, occasion, words in (
        (NAMED, Occasion.COURSE, f"Tôi, {NAME}, mong có lớp nâng cao"),
        (SHORT, Occasion.LEARNER, ""),
    ):
        form, _new = load_form(by=factories.BY, unit=district, text=text, on=ON)
        survey, _new = open_survey(
            by=factories.BY, training_class=training_class, occasion=occasion, form=form, months=0, on=ON
        )
        answer(by=factories.BY, survey=survey, person=person, values={"hay": "4", "loi": words}, on=ON)
    asks, _new = open_survey(
        by=factories.BY, training_class=training_class, occasion=Occasion.SUPERIOR, form=form, months=3, on=ON
    )
    SuperiorAsk.objects.create(survey=asks, person=other, superior=person)


def joins_an_open_class(enrolment: Enrolment) -> None:
    opened = OpenClass.objects.create(training_class=enrolment.training_class, until=ON)
    Joining.objects.create(
        open_class=opened,
        enrolment=enrolment,
        kind="business",
        business=f"Hộ kinh doanh {NAME}",
        consent="Tôi đồng ý.",
        consented_at=AT,
    )


def looked_for(life: Life) -> tuple[list[str], list[bytes]]:
    assert life.person.id_hash is not None
    hashes = [bytes(one) for one in PersonalLink.objects.values_list("token_hash", flat=True)]
    return [NAME, PHONE, EMAIL, NUMBER], [bytes(life.person.id_hash), life.token.encode(), *hashes]


def test_before_the_erasure_she_is_everywhere(life: Life) -> None:
    """Or else the search below would prove nothing."""
    found = eyes(*looked_for(life))

    assert {one.partition(" ")[0] for one in found} >= {
        "accounts_user.full_name",
        "accounts_user.email",
        "accounts_personallink.token_hash",
        "directory_person.full_name",
        "directory_person.id_hash",
        "office_importrow.values",
        "office_file.name",
        "office_job.refusal",
        "office_document.content",
        "office_datarequest.words",
        "presence_correction.reason",
        "training_submission.text",
        "training_certificate.facts",
        "training_certificate.payload",
        "file",
    }
    assert {"ledger_entry.about", "ledger_entry.thing"} & set(found) == set()


def test_nothing_is_left_of_nominations_transfers_feedback_and_open_classes(
    busy: Life, django_capture_on_commit_callbacks: Any
) -> None:
    texts, data = looked_for(busy)
    assert set(eyes(texts, data)) >= {
        "training_nomination.reason",
        "training_nomination.post_title",
        "training_namedanswer.values",
        "training_joining.business",
        "directory_transfer.reason",
        "directory_transfer.title",
    }
    with django_capture_on_commit_callbacks(execute=True):
        erasure = erase_person(by=factories.BY, person=busy.person, unit=busy.certificate.enrolment.unit, at=AT)

    assert eyes(texts, data) == ["office_document.content"]
    assert [one["where"] for one in erasure.traces] == ["office_document.content"]
    assert [rows.count() for rows in (NamedAnswer.objects, Joining.objects, Transfer.objects)] == [0, 0, 0]
    assert not SuperiorAsk.objects.filter(superior=busy.person).exists()
    assert AnswerGiven.objects.filter(person=busy.person).count() == 2  # that she answered, not what
    assert not Nomination.objects.filter(person=busy.person).exists()


def test_after_the_erasure_only_what_the_law_keeps_is_found(
    life: Life, django_capture_on_commit_callbacks: Any
) -> None:
    texts, data = looked_for(life)
    with django_capture_on_commit_callbacks(execute=True):
        erasure = erase_person(by=factories.BY, person=life.person, unit=life.certificate.enrolment.unit, at=AT)

    assert eyes(texts, data) == ["office_document.content"]
    assert Document.objects.get().number == 7  # the draft is gone
    assert [(one["where"], one["count"]) for one in erasure.traces] == [("office_document.content", 1)]
    assert "law on archives" in erasure.traces[0]["why"]


def test_what_stays_is_counted_and_says_why(life: Life) -> None:
    erasure = erase_person(by=factories.BY, person=life.person, unit=life.certificate.enrolment.unit, at=AT)
    fates = {one["table"]: (one["count"], one["fate"]) for one in erasure.gone}

    assert fates == {
        "What was handed in": (1, "anonymised"),
        "Files handed in": (1, "deleted"),
        "Classes that were not attended": (1, "deleted"),
        "Classes": (1, "anonymised"),
        "Marks": (1, "anonymised"),
        "Certificates": (1, "anonymised"),
        "Attendance": (1, "anonymised"),
        "Corrections of attendance": (1, "anonymised"),
        "Consents": (1, "deleted"),
        "Requests about one's data": (1, "anonymised"),
        "Rows of imported files": (3, "deleted"),
        "Imported files": (1, "deleted"),
        "Drafts of documents that named the person": (1, "deleted"),
        "Numbered documents that name the person": (1, "kept"),
        "Refusals that named the person": (1, "deleted"),
        "Names of files": (1, "deleted"),
        "Posts": (1, "deleted"),
        "Roles": (1, "deleted"),
        "Person": (1, "anonymised"),
        "Personal links and cards": (1, "deleted"),
        "Sessions": (1, "deleted"),
        "Account": (1, "deleted"),
        "Ledger": (9, "kept"),
    }
    assert all(one["why"] for one in erasure.gone if one["fate"] != "deleted")


def test_a_certificate_on_paper_still_verifies(life: Life) -> None:
    payload = life.certificate.payload
    erase_person(by=factories.BY, person=life.person, unit=life.certificate.enrolment.unit, at=AT)
    life.certificate.refresh_from_db()
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(reverse("training:verify"), {"text": payload}).content.decode()

    assert (life.certificate.payload, life.certificate.facts["name"]) == ("", "(đã xóa)")
    assert NAME in page  # it stands on the paper itself, not with us
    assert "genuine" in page.lower()


def test_the_neighbour_in_the_same_file_loses_nothing_but_the_file(life: Life) -> None:
    erase_person(by=factories.BY, person=life.person, unit=life.certificate.enrolment.unit, at=AT)
    life.roster.refresh_from_db()

    assert life.roster.file.removed_at == AT
    assert [row.values["full_name"] for row in life.roster.rows.all()] == ["Trần Văn Hàng Xóm"]
    assert Person.objects.get(pk=life.other.pk).full_name == "Trần Văn Hàng Xóm"
    assert Import.objects.exclude(pk=life.roster.pk).get().summary["forgotten"] is True


def test_a_namesake_keeps_everything(life: Life) -> None:
    namesake = factories.person(NAME, at=life.certificate.enrolment.unit, phone="0900000001")
    erasure = erase_person(by=factories.BY, person=life.person, unit=life.certificate.enrolment.unit, at=AT)
    namesake.refresh_from_db()

    assert (namesake.full_name, namesake.posts.count()) == (NAME, 1)
    assert {one["where"] for one in erasure.traces if one["why"].startswith("Somebody else")} == {
        "directory_person.full_name",
        "directory_person.folded",
    }


def test_an_erased_account_opens_nothing(life: Life) -> None:
    client = Client()
    client.force_login(life.user)
    assert client.get(reverse("training:me")).status_code == 200
    erase_person(by=factories.BY, person=life.person, unit=life.certificate.enrolment.unit, at=AT)

    assert client.get(reverse("training:me")).status_code == 302
    answer = Client().get(reverse("accounts:personal_link", args=[life.token]))
    assert answer.wsgi_request.user.is_authenticated is False
    assert User.objects.filter(pk=life.user.pk).exists() is False


def test_a_person_on_whom_nothing_rests_is_deleted_to_the_last_row() -> None:
    ward = factories.unit()
    person = factories.person(NAME, at=ward, phone=PHONE, email=EMAIL)
    erase_person(by=factories.BY, person=person, unit=ward, at=AT)

    assert (Person.objects.count(), Post.objects.count(), eyes([NAME, PHONE, EMAIL], [])) == (0, 0, [])


def test_the_ledger_says_that_it_was_done_and_names_nobody(life: Life) -> None:
    erase_person(by=factories.BY, person=life.person, unit=life.certificate.enrolment.unit, at=AT)
    lines = Entry.objects.about_thing(f"directory.person:{life.person.key}").order_by("id")

    assert [line.act for line in lines][-4:] == [
        "training.erase_person",
        "office.erase_person",
        "directory.erase_person",
        "web.erase_person",
    ]


def test_whoever_still_holds_a_role_is_not_erased(life: Life) -> None:
    RoleGrant.objects.create(
        user=life.user, role=Role.AUDITOR, unit=life.certificate.enrolment.unit, since=ON, granted_by="machine:test"
    )
    with pytest.raises(Refused) as refused:
        erase_person(by=factories.BY, person=life.person, unit=life.certificate.enrolment.unit, at=AT)
    assert str(refused.value) == (f"Cannot erase {NAME}: they still hold a role (auditor). Take it back first.")


def test_nobody_is_erased_twice(life: Life) -> None:
    erase_person(by=factories.BY, person=life.person, unit=life.certificate.enrolment.unit, at=AT)
    with pytest.raises(Refused) as refused:
        erase_person(by=factories.BY, person=life.person, unit=life.certificate.enrolment.unit, at=AT)
    assert str(refused.value) == "Cannot erase this person: they were erased on 20/11/2026."


def test_the_import_can_still_be_undone_for_the_neighbour(life: Life) -> None:
    """Only her rows are gone; whether an undo is possible is for the importer, which still has his."""
    erase_person(by=factories.BY, person=life.person, unit=life.certificate.enrolment.unit, at=AT)
    Certificate.objects.all().delete()
    Mark.objects.all().delete()
    Submission.objects.all().delete()
    Attendance.objects.all().delete()
    Enrolment.objects.filter(person=life.person).delete()
    Enrolment.objects.filter(person=life.other).update(completed_at=None)
    undo_import(by=factories.BY, made=life.roster, at=AT, wait=True)

    assert Person.objects.filter(pk=life.other.pk).exists() is False


# ---- the search itself


def test_the_search_finds_every_spelling_in_every_kind_of_column(life: Life) -> None:
    needles = Needles.of([NAME.upper(), PHONE], [b"\x01secret\x02"])
    Submission.objects.update(text=unicodedata.normalize("NFD", "ĐẶNG  THỊ\nTHỦY TIÊN"), problem="")
    PersonalLink.objects.update(token_hash=b"xx\x01secret\x02yy")
    found = {one.where for one in search_database(needles)}

    assert found >= {
        "training_submission.text",
        "accounts_personallink.token_hash",
        "office_importrow.values",
        "training_certificate.facts",
        "training_certificate.payload",
        "directory_person.folded",
    }


def test_the_search_reads_sheets_packed_files_and_plain_ones(life: Life) -> None:
    found = {one.where for one in search_files(Needles.of([NAME]))}

    assert found == {f"file {life.submission.key}", f"file {life.roster.file.key}"}


# ---- the export


def test_the_export_holds_every_table_about_her_and_nothing_of_the_neighbour(life: Life) -> None:
    titles = [section.title for section in everything_about(life.person, on=ON)]

    assert titles == [
        "Cá nhân",
        "Chức vụ",
        "Vai trò",
        "Tài khoản",
        "Liên kết và thẻ cá nhân",
        "Các lớp",
        "Điểm",
        "Bài đã nộp",
        "Chứng nhận",
        "Chuyên cần",
        "Sửa điểm danh",
        "Đồng ý",
        "Yêu cầu về dữ liệu của mình",
        "Dòng trong tệp đã nhập",
        "Sổ nhật ký",
    ]
    held = zipfile.ZipFile(io.BytesIO(package(life.person, at=AT)))
    names = sorted(held.namelist())
    assert names == [
        "doc-truoc.txt",
        "du-lieu-ca-nhan.json",
        "du-lieu-ca-nhan.xlsx",
        f"tep/{life.submission.key}-ke-hoach-{PHONE}.txt",
    ]
    text = held.read("du-lieu-ca-nhan.json").decode()
    assert (NAME in text, "Hàng Xóm" in text) == (True, False)
    person = json.loads(text)["noi_dung"][0]
    assert person["bang"] == "Cá nhân"
    assert person["dong"][0]["Họ và tên"] == NAME
    book = openpyxl.load_workbook(io.BytesIO(held.read("du-lieu-ca-nhan.xlsx")))
    assert book.sheetnames == titles
    assert [cell.value for cell in book["Các lớp"][1]][:3] == ["Chương trình", "Lớp", "Đơn vị"]
    assert book["Các lớp"]["C2"].value == "Phường Long Bình"


def test_the_package_costs_the_same_however_much_there_is(life: Life) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            everything_about(life.person, on=ON)
        return len(counted)

    first = queries()
    for _ in range(2):
        Correction.objects.create(
            attendance=Attendance.objects.get(), state_before="absent", share_before=0, reason="x", at=AT, by="user:x"
        )
    assert queries() == first


def test_a_statement_put_together_once_gives_what_the_query_gives(busy: Life) -> None:
    subject = subject_of(busy.person)
    held = 0
    for table in tables():
        if not table.columns:
            continue
        asked = [tuple(row) for row in table.rows(subject).values_list("pk", *table.columns)]
        assert [tuple(row) for row in rows_about(table, subject)] == asked, table.title
        held += bool(asked)
    assert held > 20


MACHINE = re.compile(
    r"[{}\[\]]|\bnull\b|\d\.0\b|(?:user|machine|token):|\b[a-z]+_[a-z_]+\b|\b(?=[a-z0-9]*\d)[0-9a-hjkmnp-tv-z]{13}\b"
)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_she_reads_about_herself_is_in_words(busy: Life, language: str) -> None:
    with override(language):
        not_words = {gettext("Text of the QR code"), gettext("Username")}
        machine = [
            (section.title, heading, cell)
            for section in everything_about(busy.person, on=ON)
            for row in section.rows
            for heading, cell in zip(section.headings, row, strict=True)
            if isinstance(cell, str) and heading not in not_words and MACHINE.search(cell)
        ]

    assert machine == []


def test_what_she_reads_names_the_fields(life: Life) -> None:
    def rows(title: str) -> list[dict[str, Any]]:
        (section,) = [one for one in everything_about(life.person, on=ON) if one.title == title]
        return [dict(zip(section.headings, row, strict=True)) for row in section.rows]

    (line,) = rows("Chuyên cần")
    assert (line["Cách ghi"], line["Tỷ lệ"]) == ("bằng mã", "100%")
    (certificate,) = rows("Chứng nhận")
    assert certificate["Nội dung ghi"].splitlines()[0] == f"họ và tên: {NAME}"
    imported = rows("Dòng trong tệp đã nhập")
    assert [sorted(row) for row in imported] == [["Dòng", "Giá trị", "Trang tính", "Tệp"]]
    assert imported[0]["Giá trị"].splitlines()[0] == f"Tên: {NAME}"
    (role,) = rows("Vai trò")
    assert role["Vai trò"] == "Học viên"


def test_whoever_is_restricted_still_reads_what_is_kept_of_them(life: Life) -> None:
    restrict_person(by=factories.BY, person=life.person, at=AT)
    life.person.refresh_from_db()
    sections = {section.title: section for section in everything_about(life.person, on=ON)}

    person = dict(zip(sections["Cá nhân"].headings, sections["Cá nhân"].rows[0], strict=True))
    assert (person["Họ và tên"], person["Điện thoại"], person["Năm sinh"]) == (NAME, "+84987612345", 1985)
    account = dict(zip(sections["Tài khoản"].headings, sections["Tài khoản"].rows[0], strict=True))
    assert (account["Họ và tên"]) == NAME
    assert sections["Hạn chế xử lý"].headings == ("Từ ngày",)
