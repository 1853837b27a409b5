"""A playbook written in forms: begun, its head, part by part; each saving a version, none lost to somebody else's."""

from typing import Any

import factories as make
import pytest
from django.test import Client
from django.urls import reverse
from pilots.made import AT, refusal

from lantoa.directory.models import Level, Role, Unit
from lantoa.pilots.actions.playbooks import begin_playbook, change_playbook, load_playbook
from lantoa.pilots.models import Playbook
from lantoa.pilots.queries.playbooks import book_of, last_version, shipped
from lantoa.pilots.rules.playbook import PARTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Unit:
    return make.unit("Một", kind="Tỉnh", level=Level.PROVINCE)


@pytest.fixture
def desk(office: Unit) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=office))
    return client


def way(name: str, of: Playbook, *more: str) -> str:
    return reverse(f"pilots:{name}", args=[of.key, *more])


def begun(office: Unit) -> Playbook:
    return begin_playbook(by=make.BY, unit=office, code="a", title="Một", step="Bước", at=AT).playbook


def filled(client: Client, page: str) -> dict[str, Any]:
    """What the page's form would post if nothing were changed."""
    form = client.get(page).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None}


def test_one_is_begun_with_its_first_step(desk: Client, office: Unit) -> None:
    said = {"unit": "Tỉnh Một", "code": "wifi", "title": "Wifi công cộng", "step": "Khảo sát"}

    desk.post(reverse("pilots:new_playbook"), said)

    made = Playbook.objects.get()
    assert (made.unit, made.code, book_of(last_version(made)).steps) == (office, "wifi", {"buoc-1": "Khảo sát"})
    again = desk.post(reverse("pilots:new_playbook"), said)
    assert "Cannot begin playbook wifi: the unit keeps one of this code already." in again.content.decode()


def test_steps_are_added_changed_and_taken_out_each_time_as_a_version(desk: Client, office: Unit) -> None:
    made = begun(office)
    page = way("change_part", made, "steps")
    more = {"1-code": "hai", "1-title": "Bước hai", "1-week": "3", "1-text": "Một\r\nHai", "1-evidence": "known"}

    desk.post(page, filled(desk, page) | more)

    book = book_of(last_version(made))
    assert (last_version(made).number, book.steps) == (2, {"buoc-1": "Bước", "hai": "Bước hai"})
    assert book.items("steps")[1] == {
        "code": "hai", "title": "Bước hai", "text": "Một\nHai", "week": 3, "evidence": "known",
    }  # fmt: skip
    emptied = {name: "" for name in filled(desk, page) if name.startswith("0-")}
    desk.post(page, filled(desk, page) | emptied)
    assert book_of(last_version(made)).steps == {"hai": "Bước hai"}
    assert book_of(made.versions.get(number=1)).steps == {"buoc-1": "Bước"}


def test_what_is_begun_needs_what_its_part_asks_for(desk: Client, office: Unit) -> None:
    made = begun(office)
    page = way("change_part", made, "steps")

    half = desk.post(page, filled(desk, page) | {"1-title": "Bước hai"})
    none = desk.post(page, {"was": "1"})
    twice = {"1-code": "buoc-1", "1-title": "Khác", "1-evidence": "known"}
    same = desk.post(page, filled(desk, page) | twice)

    assert (half.status_code, none.status_code, same.status_code) == (422, 422, 422)
    assert "Enter “Code”, or empty the whole item to take it out" in half.content.decode()
    assert "At least one is needed here." in none.content.decode()
    assert "The code “buoc-1” stands in line" in same.content.decode()
    assert last_version(made).number == 1


@pytest.mark.parametrize("part", [part.name for part in PARTS])
def test_every_part_of_vi_huong_opens_in_its_form_and_nothing_changed_is_no_version(
    desk: Client, office: Unit, part: str
) -> None:
    made = load_playbook(by=make.BY, unit=office, text=shipped()["vi-huong-2020.toml"], at=AT).playbook
    page = way("change_part", made, part)

    answer = desk.post(page, filled(desk, page), follow=True)

    assert "Nothing was changed." in answer.content.decode()
    assert last_version(made).number == 1


def test_title_summary_and_months_are_changed_and_every_part_stays(desk: Client, office: Unit) -> None:
    made = load_playbook(by=make.BY, unit=office, text=shipped()["vi-huong-2020.toml"], at=AT).playbook
    before = book_of(last_version(made))
    page = way("change_head", made)

    desk.post(page, filled(desk, page) | {"title": "Mô hình xã", "months": "5", "fields_of_work": []})

    made.refresh_from_db()
    after = book_of(last_version(made))
    assert (made.title, after.title, after.months, after.fields) == ("Mô hình xã", "Mô hình xã", 5, ())
    assert after.parts == before.parts


def test_nobody_writes_over_what_somebody_else_has_just_written(desk: Client, office: Unit) -> None:
    made = begun(office)
    page = way("change_part", made, "pitfalls")
    old = filled(desk, page)
    desk.post(page, old | {"0-what": "Vội", "0-evidence": "known"})

    late = desk.post(page, old | {"0-what": "Chậm", "0-evidence": "known"})

    words = "Cannot change playbook a: somebody has changed it since you opened it. Load the page again."
    assert words in late.content.decode()
    book = book_of(last_version(made))
    assert [item["what"] for item in book.items("pitfalls")] == ["Vội"]
    assert refusal(lambda: change_playbook(by=make.BY, playbook=made, was=1, book=book, at=AT)) == words


def test_there_is_no_other_part_and_no_playbook_of_others(desk: Client, office: Unit) -> None:
    made = begun(office)
    foreign = begun(make.unit("Hai", kind="Tỉnh"))

    assert desk.get(way("change_part", made, "khac")).status_code == 404
    assert desk.get(way("change_part", foreign, "steps")).status_code == 404
    assert desk.get(way("change_head", foreign)).status_code == 404
