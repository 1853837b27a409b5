"""Banks, shares, versions, papers: what the actions do, refuse, and what the database keeps."""

import base64
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import factories as make
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from factories import BY

from lantoa.common.refused import Refused
from lantoa.directory.models import Level, Role, Unit
from lantoa.exams.actions.bank import (
    add_picture,
    add_question,
    change_question,
    create_bank,
    retire_question,
    share_bank,
    take_back_version,
)
from lantoa.exams.actions.paper import change_paper, create_paper, draw_variant, remove_variant, use_variant
from lantoa.exams.models import Bank, Paper, Question, Version
from lantoa.exams.rules.content import Content, Option
from lantoa.exams.rules.drawing import Blueprint, Part
from lantoa.ledger.models import Look

pytestmark = pytest.mark.django_db
AT = datetime(2020, 10, 5, 2, tzinfo=UTC)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def asked(text: str = "Chữ ký số là gì?", **fields: Any) -> Content:
    options = (Option("Chữ ký điện tử có chứng thư", Fraction(1)), Option("Ảnh chụp chữ ký"))
    return Content("single", text, options=options, **fields)


@pytest.fixture
def city() -> Unit:
    return make.unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE)


@pytest.fixture
def bank(city: Unit) -> Bank:
    return create_bank(by=BY, title="Chuyển đổi số", summary="", unit=city, at=AT)


def officer(unit: Unit, role: str = Role.PROGRAMME_OFFICER) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make.user(role, on=unit))
    return client


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# ---- versions


def test_a_change_is_a_new_version_and_the_one_before_stays(bank: Bank) -> None:
    first = add_question(by=BY, bank=bank, content=asked(), at=AT)
    second = change_question(by=BY, question=first.question, content=asked("Chữ ký số dùng khi nào?"), at=AT)
    first.refresh_from_db()

    assert (first.number, first.current, first.content["text"]) == (1, False, "Chữ ký số là gì?")
    assert (second.number, second.current, second.content["text"]) == (2, True, "Chữ ký số dùng khi nào?")


def test_the_same_content_again_is_no_new_version(bank: Bank) -> None:
    first = add_question(by=BY, bank=bank, content=asked(), at=AT)

    assert change_question(by=BY, question=first.question, content=asked(), at=AT) == first


def test_the_database_itself_keeps_what_was_asked(bank: Bank) -> None:
    version = add_question(by=BY, bank=bank, content=asked(), at=AT)

    with pytest.raises(IntegrityError, match="what was asked stays as it is"), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(content={})


def test_taking_back_a_version_brings_the_one_before_back(bank: Bank) -> None:
    first = add_question(by=BY, bank=bank, content=asked(), at=AT)
    second = change_question(by=BY, question=first.question, content=asked("Khác"), at=AT)

    with pytest.raises(Refused, match="Cannot take back question C001: it was changed since."):
        take_back_version(by=BY, version=first)
    take_back_version(by=BY, version=second)
    assert Version.objects.get(current=True) == first
    take_back_version(by=BY, version=first)
    assert Question.objects.count() == 0


def test_codes_are_counted_and_a_code_names_one_question(bank: Bank) -> None:
    codes = [add_question(by=BY, bank=bank, content=asked(f"Câu {n}"), at=AT).question.code for n in range(3)]
    assert codes == ["C001", "C002", "C003"]

    with pytest.raises(Refused, match="Cannot add question C002: the bank has a question of this code."):
        add_question(by=BY, bank=bank, content=asked(), code="C002", at=AT)


def test_a_faulty_question_is_refused_with_its_reason(bank: Bank) -> None:
    with pytest.raises(Refused, match="Cannot keep question C001: The question has no text."):
        add_question(by=BY, bank=bank, content=asked(" "), at=AT)
    with pytest.raises(Refused, match="Cannot keep question C001: the bank has no picture 0{32}."):
        add_question(by=BY, bank=bank, content=asked(f'a <img src="picture:{"0" * 32}" alt="">'), at=AT)


def test_an_outcome_must_be_one_of_its_topic(bank: Bank, city: Unit) -> None:
    topic = make.course(city).topics.get()
    topic.outcomes = "Nêu được khái niệm"
    topic.save()

    version = add_question(by=BY, bank=bank, content=asked(), aims=[(topic, "Nêu được khái niệm")], at=AT)
    assert list(version.aims.values_list("topic", "outcome")) == [(topic.pk, "Nêu được khái niệm")]
    with pytest.raises(Refused, match="has no outcome of these words: Biết bay"):
        add_question(by=BY, bank=bank, content=asked(), aims=[(topic, "Biết bay")], at=AT)


def test_a_picture_is_kept_once_and_must_be_small(bank: Bank) -> None:
    assert add_picture(by=BY, bank=bank, name="a.png", content=PNG) == add_picture(
        by=BY, bank=bank, name="b.png", content=PNG
    )
    with pytest.raises(Refused, match='Cannot keep the picture "a.svg": it is no PNG, JPEG, GIF or WebP picture.'):
        add_picture(by=BY, bank=bank, name="a.svg", content=b"<svg/>")
    with pytest.raises(Refused, match='Cannot keep the picture "a.png": it has 201 KB; the most is 200 KB.'):
        add_picture(by=BY, bank=bank, name="a.png", content=PNG + b"\0" * 205_900)


# ---- shares and keys


def test_a_share_reaches_the_unit_and_everything_under_it_and_shows_no_keys(bank: Bank) -> None:
    other = make.unit("Cần Thơ", kind="Thành phố", level=Level.PROVINCE)
    ward = make.unit("Ninh Kiều", under=other)
    question = add_question(by=BY, bank=bank, content=asked(), at=AT).question
    address, page = reverse("exams:question", args=[question.key]), officer(ward)
    assert page.get(address).status_code == 404

    share_bank(by=BY, bank=bank, unit=other, right="see", at=AT)
    seen = text_of(page.get(address))
    assert "Chữ ký số là gì?" in seen
    assert "The right answer" not in seen
    assert page.get(reverse("exams:change_question", args=[question.key])).status_code == 404

    share_bank(by=BY, bank=bank, unit=other, right="edit", at=AT)
    assert "The right answer" in text_of(page.get(address))
    assert page.get(reverse("exams:change_question", args=[question.key])).status_code == 200
    assert page.get(reverse("exams:shares", args=[bank.key])).status_code == 404


def test_a_bank_is_not_shared_with_its_owner(bank: Bank, city: Unit) -> None:
    with pytest.raises(Refused, match="Cannot share bank Chuyển đổi số: the unit chosen owns it already."):
        share_bank(by=BY, bank=bank, unit=city, right="see", at=AT)


def test_an_auditor_sees_questions_and_no_keys(bank: Bank, city: Unit) -> None:
    question = add_question(by=BY, bank=bank, content=asked(), at=AT).question

    seen = text_of(officer(city, Role.AUDITOR).get(reverse("exams:question", args=[question.key])))

    assert "Ảnh chụp chữ ký" in seen
    assert "The right answer" not in seen


def test_who_opens_a_bank_and_a_question_is_written_down(bank: Bank, city: Unit) -> None:
    question = add_question(by=BY, bank=bank, content=asked(), at=AT).question
    client = officer(city)

    client.get(reverse("exams:bank", args=[bank.key]))
    client.get(reverse("exams:question", args=[question.key]))

    assert list(Look.objects.order_by("pk").values_list("page", "whom")) == [
        ("exams:bank", f"exams.bank:{bank.key}"),
        ("exams:question", f"exams.question:{question.key}"),
    ]


# ---- pages


@pytest.mark.parametrize("count", [1, 3])
def test_a_bank_takes_the_same_queries_for_one_question_and_for_three(
    bank: Bank, city: Unit, count: int, django_assert_num_queries: Any
) -> None:
    topic = make.course(city).topics.get()
    for number in range(count):
        add_question(by=BY, bank=bank, content=asked(f"Câu {number}?"), aims=[(topic, "")], at=AT)
    client = officer(city)
    with django_assert_num_queries(18):
        answer = client.get(reverse("exams:bank", args=[bank.key]))
    assert text_of(answer).count("Câu ") == count


def test_a_question_is_written_and_changed_on_its_page(bank: Bank, city: Unit) -> None:
    client = officer(city)
    fields = {
        "text": "Cổng dịch vụ công dùng để làm gì?",
        "difficulty": "2",
        "points": "1",
        "penalty": "25",
        "option_1": "Nộp hồ sơ",
        "share_1": "1",
        "option_2": "Chơi trò chơi",
        "share_2": "0",
        "shuffle": "on",
    }
    made = client.post(reverse("exams:new_question", args=[bank.key]) + "?kind=single", fields)
    version = Version.objects.get()
    assert made.headers["Location"] == reverse("exams:question", args=[version.question.key])
    assert version.content["penalty"] == "1/4"
    assert [option["share"] for option in version.content["options"]] == ["1", "0"]

    client.post(reverse("exams:change_question", args=[version.question.key]), fields | {"share_1": "0"})
    assert Version.objects.count() == 1  # no choice is right
    client.post(reverse("exams:change_question", args=[version.question.key]), fields | {"points": "2"})
    assert list(Version.objects.order_by("number").values_list("number", "current")) == [(1, False), (2, True)]


# ---- papers


def paper_of(bank: Bank, *parts: Part, count: int = 2, **fields: Any) -> Paper:
    plan = Blueprint(parts or (Part(bank.key, count=count),), **fields)
    return create_paper(by=BY, title="Đề cuối khóa", unit=bank.unit, blueprint=plan, at=AT)


def fill(bank: Bank, count: int) -> None:
    for number in range(count):
        add_question(by=BY, bank=bank, content=asked(f"Câu {number}?"), at=AT)


def test_a_variant_is_repeated_from_its_seed(bank: Bank) -> None:
    fill(bank, 6)
    paper = paper_of(bank, count=4)

    first, second = (draw_variant(by=BY, paper=paper, banks=Bank.objects.all(), at=AT, seed=7) for _ in range(2))
    third = draw_variant(by=BY, paper=paper, banks=Bank.objects.all(), at=AT, seed=8)

    assert (first.content, first.keys) == (second.content, second.keys)
    assert third.content != first.content
    assert [first.number, second.number, third.number] == [1, 2, 3]


def test_a_paper_whose_bank_has_too_few_is_refused_naming_topic_difficulty_and_counts(bank: Bank, city: Unit) -> None:
    topic = make.course(city).topics.get()
    fill(bank, 1)
    paper = paper_of(bank, Part(bank.key, topic.key, 3, 2), Part(bank.key, "", 0, 5))

    with pytest.raises(Refused) as told:
        draw_variant(by=BY, paper=paper, banks=Bank.objects.all(), at=AT)

    assert str(told.value) == (
        "Cannot draw paper Đề cuối khóa: bank Chuyển đổi số has 0 of 2 questions"
        f" (topic: {topic.title}; difficulty: application)."
        " bank Chuyển đổi số has 1 of 5 questions (topic: any topic; difficulty: any difficulty)."
    )


def test_a_bank_that_is_no_longer_shared_gives_no_questions(bank: Bank) -> None:
    fill(bank, 2)
    with pytest.raises(Refused, match="Cannot draw paper Đề cuối khóa: you may not use bank Chuyển đổi số."):
        draw_variant(by=BY, paper=paper_of(bank), banks=Bank.objects.none(), at=AT)


def test_a_retired_question_is_not_drawn(bank: Bank) -> None:
    fill(bank, 2)
    retire_question(by=BY, question=Question.objects.earliest("pk"), at=AT)

    with pytest.raises(Refused, match="has 1 of 2 questions"):
        draw_variant(by=BY, paper=paper_of(bank), banks=Bank.objects.all(), at=AT)


def test_a_variant_keeps_what_it_asked_when_the_question_changes(bank: Bank) -> None:
    fill(bank, 1)
    variant = draw_variant(by=BY, paper=paper_of(bank, count=1), banks=Bank.objects.all(), at=AT)
    version = Version.objects.get()
    change_question(by=BY, question=version.question, content=asked("Khác?"), at=AT)
    variant.refresh_from_db()

    assert variant.content[0]["text"] == "Câu 0?"
    assert variant.content[0]["id"] == version.key


def test_a_drawn_question_cannot_be_taken_back(bank: Bank) -> None:
    fill(bank, 1)
    draw_variant(by=BY, paper=paper_of(bank, count=1), banks=Bank.objects.all(), at=AT)

    with pytest.raises(Refused, match="Cannot take back question C001: a paper holds it."):
        take_back_version(by=BY, version=Version.objects.get())
    with pytest.raises(IntegrityError, match="what was asked stays as it is"), transaction.atomic():
        Version.objects.all().delete()


def test_a_variant_in_use_stays_as_it_is(bank: Bank) -> None:
    fill(bank, 3)
    paper = paper_of(bank)
    variant = draw_variant(by=BY, paper=paper, banks=Bank.objects.all(), at=AT)
    use_variant(by=BY, variant=variant, at=AT)

    with pytest.raises(Refused, match="Cannot delete variant 001 of paper Đề cuối khóa: it is in use."):
        remove_variant(by=BY, variant=variant)
    with pytest.raises(Refused, match="Cannot change paper Đề cuối khóa: variant 001 is in use. Make a new paper."):
        change_paper(by=BY, paper=paper, title="Đề", blueprint=Blueprint((Part(bank.key, count=3),)))
    with pytest.raises(IntegrityError, match="it is in use"), transaction.atomic():
        variant.content = []
        variant.save()


def test_a_paper_carries_its_pictures(bank: Bank) -> None:
    picture = add_picture(by=BY, bank=bank, name="a.png", content=PNG)
    content = asked(f'Hình nào? <img src="picture:{picture.sha256[:32]}" alt="sơ đồ">')
    add_question(by=BY, bank=bank, content=content, at=AT)

    variant = draw_variant(by=BY, paper=paper_of(bank, count=1), banks=Bank.objects.all(), at=AT)

    assert variant.content[0]["text"] == (
        f'Hình nào? <img src="data:image/png;base64,{base64.b64encode(PNG).decode()}" alt="sơ đồ">'
    )


@pytest.mark.parametrize("count", [0, 201])
def test_a_paper_has_one_to_two_hundred_questions(bank: Bank, count: int) -> None:
    with pytest.raises(Refused, match=f"it would have {count} questions; it must have 1 to 200."):
        paper_of(bank, Part(bank.key, count=count))


def test_a_variant_shows_its_key_to_those_who_may(bank: Bank, city: Unit) -> None:
    fill(bank, 2)
    variant = draw_variant(by=BY, paper=paper_of(bank), banks=Bank.objects.all(), at=AT)
    address = reverse("exams:variant", args=[variant.key]) + "?keys=1"

    assert text_of(officer(city).get(address)).count("The right answer") == 2
    assert "The right answer" not in text_of(officer(city, Role.AUDITOR).get(address))
