"""Files of questions into a bank: preview, one button, the same file twice, undo while no paper holds one."""

from datetime import UTC, datetime
from pathlib import Path

import factories as make
import pytest
from django.test import Client
from django.urls import reverse
from factories import BY

from lantoa.common.refused import Refused
from lantoa.directory.models import Level, Role, Unit
from lantoa.exams.actions.bank import create_bank
from lantoa.exams.actions.paper import create_paper, draw_variant
from lantoa.exams.models import Bank, Picture, Question, Version
from lantoa.exams.queries.export import FORMATS, export, template, written
from lantoa.exams.rules.drawing import Blueprint, Part
from lantoa.ledger.models import thing_key
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.imports import apply_import, preview_file, undo_import
from lantoa.office.models import Import

pytestmark = pytest.mark.django_db
AT = datetime(2020, 10, 5, 2, tzinfo=UTC)
FOLDER = Path(__file__).resolve().parents[2] / "examples" / "questions"
GIFT, XML, AIKEN = (FOLDER / f"chuyen-doi-so.{end}" for end in ("gift", "xml", "aiken.txt"))


@pytest.fixture
def city() -> Unit:
    return make.unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE)


@pytest.fixture
def bank(city: Unit) -> Bank:
    return create_bank(by=BY, title="Chuyển đổi số", summary="", unit=city, at=AT)


def preview(bank: Bank, name: str, content: bytes) -> Import:
    file = keep_file(by=BY, name=name, content=content, unit=bank.unit, at=AT, seen_with="exams.view_keys")
    target = thing_key(bank)
    return preview_file(by=BY, kind="exams.questions", target=target, file=file, unit=bank.unit, at=AT)


def load(bank: Bank, path: Path) -> Import:
    return apply_import(by=BY, made=preview(bank, path.name, path.read_bytes()), at=AT)


def verdicts(made: Import) -> dict[str, int]:
    return {name: count for name, count in made.summary.items() if count}


def test_a_file_whose_topics_are_not_known_here_takes_no_topic_away(bank: Bank) -> None:
    load(bank, GIFT)
    topic = make.course(bank.unit).topics.get()
    for version in Version.objects.all():
        version.aims.create(topic=topic, outcome="")
    assert verdicts(preview(bank, GIFT.name, GIFT.read_bytes())) == {"known": 10}


@pytest.mark.parametrize(("path", "count"), [(GIFT, 10), (XML, 4), (AIKEN, 2)])
def test_the_example_files_are_loaded_and_the_same_file_twice_changes_nothing(
    bank: Bank, path: Path, count: int
) -> None:
    assert verdicts(load(bank, path)) == {"new": count}
    assert verdicts(preview(bank, path.name, path.read_bytes())) == {"known": count}
    assert Version.objects.count() == count


def test_the_template_can_be_loaded_as_it_comes(bank: Bank) -> None:
    assert verdicts(apply_import(by=BY, made=preview(bank, "mau.xlsx", template()), at=AT)) == {"new": 9}
    assert set(Version.objects.values_list("kind", flat=True)) == {
        "single", "multiple", "truefalse", "matching", "ordering", "numeric", "short", "long", "file",
    }  # fmt: skip


def test_a_changed_question_becomes_a_new_version_and_undo_brings_the_old_one_back(bank: Bank) -> None:
    load(bank, GIFT)
    text = GIFT.read_text(encoding="utf-8").replace("Một byte gồm", "Một byte có")
    made = apply_import(by=BY, made=preview(bank, "moi.gift", text.encode()), at=AT)
    assert verdicts(made) == {"new": 0, "changed": 1, "known": 9} or verdicts(made) == {"changed": 1, "known": 9}
    question = Question.objects.get(code="CDS-05")
    assert list(question.versions.order_by("number").values_list("number", "current")) == [(1, False), (2, True)]

    undo_import(by=BY, made=made, at=AT)

    assert list(question.versions.values_list("number", "current")) == [(1, True)]
    assert Question.objects.count() == 10


def test_undoing_a_new_file_leaves_nothing(bank: Bank) -> None:
    undo_import(by=BY, made=load(bank, GIFT), at=AT)

    assert (Question.objects.count(), Version.objects.count()) == (0, 0)


def test_what_a_paper_holds_is_not_undone(bank: Bank) -> None:
    made = load(bank, GIFT)
    plan = Blueprint((Part(bank.key, count=10),))
    paper = create_paper(by=BY, title="Đề", unit=bank.unit, blueprint=plan, at=AT)
    draw_variant(by=BY, paper=paper, banks=Bank.objects.all(), at=AT)

    with pytest.raises(Refused, match="Cannot take back question CDS-01: a paper holds it."):
        undo_import(by=BY, made=made, at=AT)


def test_wrong_rows_say_line_and_reason_and_are_left_out(bank: Bank) -> None:
    text = "Một? {=a ~b}\n\nHai? {~a ~b}\n\n::X::Ba? {T}\n\n::X::Bốn? {T}\n"
    made = preview(bank, "a.gift", text.encode())
    rows = list(made.rows.order_by("number").values_list("number", "verdict"))

    assert rows == [(1, "new"), (3, "wrong"), (5, "new"), (7, "wrong")]
    said = made.rows.get(number=7).faults[0]
    assert said["message"] % said["values"] == "The code X stands in row 5 already."


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.gift", b"", "it is empty"),
        ("a.gift", b"// not a question\n", "no question is found in it"),
        ("a.txt", "Một? {T}".encode("utf-16-be"), "no UTF-8 text"),
        ("a.csv", b"a,b\n1,2\n", "no sheet has the columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(
    bank: Bank, name: str, content: bytes, reason: str
) -> None:
    if not content:
        with pytest.raises(Refused, match=reason):
            preview(bank, name, content)
        return
    try:
        made = preview(bank, name, content)
    except Refused as refused:
        assert name == "a.txt"  # its bytes are no text at all
        assert "its content is not that of a .txt file" in str(refused)
        return
    assert made.state == "refused"
    assert reason in made.summary["refusal"]["message"]


def test_pictures_come_with_the_file_and_go_out_with_it(bank: Bank, city: Unit) -> None:
    load(bank, XML)
    assert Picture.objects.filter(bank=bank).count() == 1
    other = create_bank(by=BY, title="Bản sao", summary="", unit=city, at=AT)
    made = preview(other, "ra.xml", export(written(bank), "xml").content)
    apply_import(by=BY, made=made, at=AT)

    assert [one.content for one in written(other)] == [one.content for one in written(bank)]
    assert Picture.objects.filter(bank=other).count() == 1


def test_the_topic_of_a_category_is_found_and_an_unknown_one_is_named(bank: Bank, city: Unit) -> None:
    course = make.course(city)
    made = preview(bank, GIFT.name, GIFT.read_bytes())
    topic = course.topics.get()
    row = made.rows.order_by("number").first()
    assert row is not None
    known = topic.title == "Tổng quan về chuyển đổi số"

    assert row.values["topic"] == (topic.title if known else "")
    assert [fault["severity"] for fault in row.faults] == ([] if known else ["warning"])


def test_pages_load_and_take_away(bank: Bank, city: Unit) -> None:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=city))
    with GIFT.open("rb") as file:
        answer = client.post(reverse("exams:import", args=[bank.key]), {"file": file})
    made = Import.objects.get()
    assert answer.headers["Location"] == reverse("office:show_import", args=[made.key])
    client.post(reverse("office:apply_import", args=[made.key]))
    assert Question.objects.count() == 10

    page = client.get(reverse("exams:exports", args=[bank.key])).content.decode()
    assert page.count("carries everything") == 2  # GIFT as it came, and Moodle XML
    for extension in FORMATS:
        assert client.get(reverse("exams:export_file", args=[bank.key, extension])).status_code == 200
    assert client.get(reverse("exams:template")).status_code == 200
