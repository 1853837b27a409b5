"""What holds for all calls: problems, languages, parts of lists, states, asking twice."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import factories
import pytest
from api.caller import System, system
from django.db import connection
from django.utils import timezone
from house.world import Corner, World

from lantoa.api.models import KeptAnswer
from lantoa.api.rules.shapes import KEY_PATTERN
from lantoa.common.models import ALPHABET, KEY_LENGTH
from lantoa.directory.models import Person

pytestmark = pytest.mark.django_db


def somebody(own: Corner, **values: Any) -> dict[str, Any]:
    return {"full_name": "Trần Thị Mới", "unit": own.ward.key, "since": "2020-10-01", **values}


def named(own: Corner) -> str:
    """Somebody with a name that may be corrected."""
    return factories.person("Lê Văn Tám", at=own.ward).key


def test_keys_look_as_the_document_says() -> None:
    import re

    letters = [letter for letter in map(chr, range(128)) if re.fullmatch(KEY_PATTERN[1:-1], letter * KEY_LENGTH)]
    assert "".join(letters) == ALPHABET


# ---- problems


def test_a_problem_is_said_in_the_callers_language(hr: System) -> None:
    english = hr.call("GET", "people/nobody")
    hr.language = "vi-VN,vi;q=0.9,en;q=0.8"
    vietnamese = hr.call("GET", "people/nobody")
    assert english["Content-Type"] == "application/problem+json"
    assert english.json() == {
        "type": "/api/#not-found",
        "title": "There is no such thing",
        "status": 404,
        "detail": "It does not exist, or it is not in the care of the unit of the token: both are answered alike.",
    }
    assert vietnamese.json()["title"] == "Không có đối tượng này"
    assert (english["Content-Language"], vietnamese["Content-Language"]) == ("en", "vi")


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("day=2020-10-01", "day", "There is no such parameter here."),
        ("on=2020-02-30", "on", "There is no such day."),
        ("on=1066-01-01", "on", "It must look like this: ^(18|19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$."),
        ("limit=0", "limit", "It must be 1 to 500."),
        ("limit=many", "limit", "It must be a whole number."),
        ("limit=1&limit=2", "limit", "It is given more than once."),
        ("name=%00", "name", "It has a character that cannot be kept."),
    ],
)
def test_a_wrong_parameter_is_named(hr: System, query: str, name: str, words: str) -> None:
    answer = hr.call("GET", f"people?{query}")
    assert (answer.status_code, answer.json()["errors"]) == (400, [{"pointer": name, "detail": words}])


def test_a_place_that_is_gone_is_said_to_be_gone(hr: System) -> None:
    answer = hr.call("GET", "people?after=0000000000000")
    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no such place in the list: begin again.")


def test_every_fault_of_a_body_is_named_by_its_place(hr: System) -> None:
    answer = hr.add("people", {"full_name": "", "since": 5, "gender": "x", "colour": "red"})
    assert answer.status_code == 422
    assert {one["pointer"]: one["detail"] for one in answer.json()["errors"]} == {
        "#/full_name": "It must have 1 to 100 letters.",
        "#/unit": "It is missing.",
        "#/since": "It must be text.",
        "#/gender": "It must be one of: f, m, .",
        "#/colour": "There is no such field here.",
    }


@pytest.mark.parametrize("body", [b"{", b"[1, NaN]", b'"\xff"', b"[" * 100_000], ids=["part", "nan", "latin", "deep"])
def test_what_is_no_json_is_said_to_be_none(hr: System, body: bytes) -> None:
    answer = hr.add("people", body)
    assert answer.json()["type"] == "/api/#not-readable"


def test_a_body_of_another_kind_or_too_large_is_not_read(hr: System) -> None:
    sent = {"Authorization": f"Bearer {hr.text}", "Idempotency-Key": "a"}
    form = hr.client.post("/api/v1/people", {"full_name": "x"}, headers=sent)
    large = hr.add("people", json.dumps({"full_name": "x" * (1024 * 1024)}))
    assert (form.status_code, large.status_code) == (415, 413)


def test_a_method_that_the_address_does_not_take_is_told_which_ones_it_takes(hr: System) -> None:
    answer = hr.call("DELETE", "people")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST")


def test_an_address_that_is_none_answers_like_the_others(hr: System) -> None:
    assert hr.call("GET", "nothing/here%00").json()["type"] == "/api/#not-found"


def test_our_own_fault_has_a_code_that_stands_in_the_log(hr: System, caplog: pytest.LogCaptureFixture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE competence_course RENAME COLUMN title TO lost")
    answer = hr.call("GET", "classes")
    assert (answer.status_code, answer.json()["type"]) == (500, "/api/#our-fault")
    assert answer.json()["code"] in caplog.text


# ---- lists and states


def test_a_list_is_read_in_parts_and_what_is_added_meanwhile_comes_last(hr: System, own: Corner) -> None:
    people = [factories.person(at=own.ward) for _ in range(5)]
    first = hr.read("people?limit=2&on=2020-10-05")
    late = factories.person(at=own.ward)
    second = hr.read(f"people?limit=2&on=2020-10-05&after={first['next']}")
    third = hr.read(f"people?limit=2&on=2020-10-05&after={second['next']}")
    seen = [one["key"] for part in (first, second, third) for one in part["items"]]
    assert seen == [one.key for one in [*people, late]]
    assert third["next"] is None


@pytest.mark.parametrize("path", ["units", "people", "programmes", "classes", "meetings", "certificates"])
def test_a_list_asks_the_same_number_of_questions_whatever_its_length(
    hr: System, world: World, path: str, django_assert_num_queries: Any
) -> None:
    expected = {"units": 3, "people": 6, "programmes": 5, "classes": 5, "meetings": 4, "certificates": 5}[path]
    for _ in range(3):
        corner = Corner(world.own_province)
        assert corner.certificate and corner.person and corner.meeting
        with django_assert_num_queries(expected):
            assert hr.read(path)["items"] != []


def test_what_has_not_changed_is_not_sent_again(hr: System, own: Corner) -> None:
    first = hr.call("GET", f"people/{own.person.key}")
    again = hr.call("GET", f"people/{own.person.key}", if_none_match=first["ETag"])
    weak = hr.call("GET", f"people/{own.person.key}", if_none_match=f"W/{first['ETag']}")
    assert [(one.status_code, one.content) for one in (again, weak)] == [(304, b"")] * 2


def test_whatever_replaces_says_which_state_was_read(hr: System, own: Corner) -> None:
    path = f"people/{named(own)}"
    without = hr.call("PATCH", path, {"phone": "0912345678"})
    tag = hr.call("GET", path)["ETag"]
    first = hr.call("PATCH", path, {"phone": "0912345678"}, if_match=tag)
    late = hr.call("PATCH", path, {"phone": "0987654321"}, if_match=tag)
    next_one = hr.call("PATCH", path, {"phone": "0987654321"}, if_match=first["ETag"])
    assert [one.status_code for one in (without, first, late, next_one)] == [428, 200, 412, 200]
    assert hr.read(path)["phone"] == "0987654321"


# ---- asking twice


def test_a_write_wants_a_key(hr: System, own: Corner) -> None:
    answers = [
        hr.call("POST", "people", somebody(own)),
        hr.call("POST", "people", somebody(own), idempotency_key="with space"),
    ]
    assert [(one.status_code, one.json()["type"]) for one in answers] == [(400, "/api/#key-missing")] * 2


def test_the_same_asked_again_gets_the_same_answer_and_happens_once(hr: System, own: Corner) -> None:
    first, again = (hr.add("people", somebody(own), key="a") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.json(), first["Location"]) == (again.json(), again["Location"])
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert Person.objects.filter(full_name="Trần Thị Mới").count() == 1


def test_a_key_that_was_used_for_something_else_is_refused(hr: System, own: Corner) -> None:
    hr.add("people", somebody(own), key="a")
    other = hr.add("people", somebody(own, full_name="Trần Thị Khác"), key="a")
    assert (other.status_code, other.json()["type"]) == (422, "/api/#key-used")


def test_the_key_of_one_system_is_not_that_of_another(hr: System, own: Corner, world: World) -> None:
    other = system(world.own_province)
    hr.add("people", somebody(own), key="a")
    assert other.add("people", somebody(own, full_name="Trần Thị Khác"), key="a").status_code == 201


def test_what_was_refused_may_be_sent_again(hr: System, own: Corner) -> None:
    number = "079185000001"
    factories.person("Người Có Số", at=own.ward)
    hr.add("people", somebody(own, id_number=number))
    refused = hr.add("people", somebody(own, full_name="Khác Hẳn", id_number=number, although_known=True), key="b")
    assert (refused.status_code, refused.json()["type"]) == (409, "/api/#refused")
    Person.objects.filter(full_name="Trần Thị Mới").update(id_hash=None)
    again = hr.add("people", somebody(own, full_name="Khác Hẳn", id_number=number, although_known=True), key="b")
    assert again.status_code == 201


def test_an_answer_is_kept_for_a_day_and_holds_no_name(hr: System, own: Corner) -> None:
    hr.add("people", somebody(own), key="a")
    kept = KeptAnswer.objects.get()
    assert sorted(kept.body) == ["added", "key"]
    KeptAnswer.objects.update(at=timezone.now() - timedelta(hours=25))
    hr.add("people", somebody(own, full_name="Trần Thị Khác"), key="b")
    assert list(KeptAnswer.objects.values_list("idempotency_key", flat=True)) == ["b"]


@pytest.mark.django_db(transaction=True)
def test_the_same_asked_ten_times_at_once_happens_once() -> None:
    world = World.make()
    own, hr = world.own(factories.person()), system(world.own_province)
    body = somebody(own)

    def ask(_turn: int) -> tuple[int, str]:
        try:
            caller = System(hr.token, hr.text)
            answer = caller.add("people", body, key="a")
            return answer.status_code, answer.json()["key"]
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        answers = set(threads.map(ask, range(10)))
    assert len(answers) == 1
    assert Person.objects.filter(full_name="Trần Thị Mới").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_read_the_same_state_one_writes() -> None:
    world = World.make()
    own, hr = world.own(factories.person()), system(world.own_province)
    path = f"people/{named(own)}"
    tag = hr.call("GET", path)["ETag"]

    def write(turn: int) -> int:
        try:
            caller = System(hr.token, hr.text)
            return int(caller.call("PATCH", path, {"phone": f"09123456{turn:02}"}, if_match=tag).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        answers = sorted(threads.map(write, range(10)))
    assert answers == [200] + [412] * 9


def test_a_name_that_stands_twice_is_refused(hr: System, own: Corner) -> None:
    body = f'{{"full_name": "Lê An", "full_name": "Lê Bình", "unit": "{own.ward.key}", "since": "2020-10-01"}}'
    answer = hr.add("people", body)
    assert (answer.status_code, answer.json()["detail"]) == (400, "The name full_name stands twice in one object.")
    assert Person.objects.filter(full_name__startswith="Lê").count() == 0


def test_one_of_a_hundred_thousand_names_that_stands_twice_is_named_at_once(hr: System) -> None:
    """Each name used to be counted by itself: a megabyte of names held the server for minutes."""
    names = ",".join(f'"{number:x}":0' for number in range(70_000))
    answer = hr.add("people", f'{{{names},"1116f":0}}')
    assert (answer.status_code, answer.json()["detail"]) == (400, "The name 1116f stands twice in one object.")
