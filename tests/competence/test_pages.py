"""Courses, their topics and materials on pages."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import factories as make
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lantoa.competence.models import Course, Material, Topic
from lantoa.competence.rules import PHONE_SIZED
from lantoa.directory.models import Level, Role, Unit
from lantoa.exams.actions.bank import add_question, create_bank
from lantoa.exams.rules.content import Content, Option

pytestmark = pytest.mark.django_db
LIST = reverse("competence:courses")


@pytest.fixture
def city() -> Unit:
    return make.unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE)


@pytest.fixture
def desk(city: Unit) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=city))
    return client


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def titles(course: Course) -> list[tuple[int, str]]:
    return list(course.topics.order_by("position").values_list("position", "title"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_for_three(
    desk: Client, city: Unit, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        make.course(city, topics=2)
    with django_assert_num_queries(6):
        answer = desk.get(LIST)
    assert text_of(answer).count("Tổng quan về chuyển đổi số") == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_course_takes_the_same_queries_for_one_topic_and_for_three(
    desk: Client, city: Unit, count: int, django_assert_num_queries: Any
) -> None:
    one = make.course(city, topics=count)
    for topic in one.topics.all():
        Material.objects.create(topic=topic, position=1, title="Tài liệu", url="https://example.vn")
    with django_assert_num_queries(7):
        answer = desk.get(reverse("competence:course", args=[one.key]))
    assert text_of(answer).count("https://example.vn") == count


def test_a_course_of_strangers_is_not_there(desk: Client) -> None:
    other = make.course(make.unit("Hải Phòng", level=Level.PROVINCE), title="Của người khác")
    assert "Của người khác" not in text_of(desk.get(LIST))
    assert desk.get(reverse("competence:course", args=[other.key])).status_code == 404


def test_a_course_is_made_given_topics_and_materials(desk: Client, city: Unit) -> None:
    desk.post(reverse("competence:new_course"), {"code": "cds", "title": "Chuyển đổi số", "unit": city.key})
    one = Course.objects.get()
    for title in ("Một", "Hai"):
        desk.post(
            reverse("competence:add_topic", args=[one.key]),
            {"title": title, "hours": "2,5", "outcomes": "Nắm được\n\n Làm được "},
        )
    topic = one.topics.get(position=1)
    assert (topic.title, topic.outcomes) == ("Một", "Nắm được\nLàm được")
    desk.post(reverse("competence:add_material", args=[topic.key]), {"title": "Trang", "url": "https://example.vn/a"})
    assert topic.materials.get().url == "https://example.vn/a"


def test_a_course_code_that_is_taken_is_refused(desk: Client, city: Unit) -> None:
    make.course(city, code="cds")
    answer = desk.post(reverse("competence:new_course"), {"code": "cds", "title": "A", "unit": city.key})
    assert answer.context["form"].errors == {"code": ["Cannot create course cds: a course has this code already."]}


def test_a_file_is_kept_as_material(desk: Client, city: Unit) -> None:
    topic = make.course(city).topics.get()
    file = SimpleUploadedFile("bai-giang.pdf", b"%PDF-1.7\n%%EOF\n")
    desk.post(reverse("competence:add_material", args=[topic.key]), {"title": "Bài giảng", "file": file})
    material = topic.materials.get()
    assert material.file is not None and material.file.name == "bai-giang.pdf"


def test_a_file_too_large_for_a_phone_is_kept_with_a_warning(desk: Client, city: Unit) -> None:
    topic = make.course(city).topics.get()
    file = SimpleUploadedFile("lon.pdf", b"%PDF-1.7\n" + b"0" * PHONE_SIZED + b"\n%%EOF\n")
    answer = desk.post(
        reverse("competence:add_material", args=[topic.key]), {"title": "Lớn", "file": file}, follow=True
    )
    assert "This file is large for a phone on a bad line. Offer a smaller one too." in text_of(answer)
    assert "large for a phone" in text_of(desk.get(reverse("competence:course", args=[topic.course.key])))


def test_a_program_is_not_kept_as_material(desk: Client, city: Unit) -> None:
    topic = make.course(city).topics.get()
    file = SimpleUploadedFile("virus.exe", b"MZ")
    answer = desk.post(reverse("competence:add_material", args=[topic.key]), {"title": "X", "file": file})
    assert list(answer.context["form"].errors) == ["file"]
    assert Material.objects.count() == 0


@pytest.mark.parametrize("given", [{}, {"url": "https://example.vn", "file": "both"}])
def test_a_material_is_a_file_or_a_link(desk: Client, city: Unit, given: dict[str, Any]) -> None:
    topic = make.course(city).topics.get()
    if "file" in given:
        given = {**given, "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n")}
    answer = desk.post(reverse("competence:add_material", args=[topic.key]), {"title": "X", **given})
    assert answer.context["form"].non_field_errors() == ["Give a file or a link, one of the two."]


def test_topics_are_moved_up_and_down_but_not_out(desk: Client, city: Unit) -> None:
    one = make.course(city, topics=3)
    first, second, third = one.topics.order_by("position")

    def move(topic: Topic, way: str) -> None:
        desk.post(reverse("competence:move_topic", args=[topic.key]), {"way": way})

    move(third, "up")
    move(first, "up")
    assert titles(one) == [(1, "Chuyên đề 1"), (2, "Chuyên đề 3"), (3, "Chuyên đề 2")]
    move(first, "down")
    move(second, "down")
    assert titles(one) == [(1, "Chuyên đề 3"), (2, "Chuyên đề 1"), (3, "Chuyên đề 2")]


def test_a_topic_is_removed_and_the_others_close_up(desk: Client, city: Unit) -> None:
    one = make.course(city, topics=3)
    desk.post(reverse("competence:remove_topic", args=[one.topics.get(position=2).key]))
    assert titles(one) == [(1, "Chuyên đề 1"), (2, "Chuyên đề 3")]


def test_a_topic_that_meetings_treat_is_not_removed(desk: Client, city: Unit) -> None:
    meeting = make.meeting(make.training_class(make.programme(city)))
    answer = desk.post(reverse("competence:remove_topic", args=[meeting.topic.key]))
    assert answer.status_code == 409
    said = "Cannot remove topic Chuyên đề 1 of course Tổng quan về chuyển đổi số: 1 meetings treat it."
    assert said in text_of(answer)


def test_a_topic_that_questions_test_is_not_removed_and_the_refusal_counts_both(desk: Client, city: Unit) -> None:
    meeting = make.meeting(make.training_class(make.programme(city)))
    topic = meeting.topic
    bank = create_bank(by=make.BY, title="Ngân hàng", summary="", unit=city, at=timezone.now())
    options = (Option("Một", Fraction(1)), Option("Hai"))
    for text in ("Chữ ký số là gì?", "Văn bản điện tử là gì?"):
        asked = Content("single", text, options=options)
        add_question(by=make.BY, bank=bank, content=asked, aims=[(topic, "")], at=timezone.now())
    said = "Cannot remove topic Chuyên đề 1 of course Tổng quan về chuyển đổi số: "
    address = reverse("competence:remove_topic", args=[topic.key])
    assert f"{said}1 meetings treat it, and 2 versions of questions test it." in text_of(desk.post(address))
    meeting.delete()
    assert f"{said}2 versions of questions test it." in text_of(desk.post(address))


def test_a_topic_and_a_course_are_changed(desk: Client, city: Unit) -> None:
    one = make.course(city)
    desk.post(reverse("competence:change_topic", args=[one.topics.get().key]), {"title": "Mới", "hours": "3"})
    desk.post(reverse("competence:change_course", args=[one.key]), {"title": "Khóa mới", "summary": "Hai\ndòng"})
    one.refresh_from_db()
    topic = one.topics.get()
    assert (one.title, topic.title, topic.hours) == ("Khóa mới", "Mới", Decimal(3))


def test_a_material_is_taken_away(desk: Client, city: Unit) -> None:
    topic = make.course(city).topics.get()
    material = Material.objects.create(topic=topic, position=1, title="Cũ", url="https://example.vn")
    desk.post(reverse("competence:remove_material", args=[material.key]))
    assert topic.materials.count() == 0
