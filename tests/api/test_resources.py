"""What other systems read and write: units on a day, people, classes, presence, marks, certificates."""

from datetime import date
from typing import Any

import factories
import pytest
from api.caller import System, system
from django.utils import timezone
from factories import DAY
from house.world import Corner, World

from lantoa.directory.actions.merging import merge_people, unmerge_people
from lantoa.directory.models import Merge, Person, Post, period_of
from lantoa.ledger.models import Entry, Look
from lantoa.office.models import Import, ImportRow
from lantoa.presence.models import Correction
from lantoa.training.models import Assessment, Enrolment

pytestmark = pytest.mark.django_db


# ---- units


def test_units_are_read_as_they_stood_on_the_day(hr: System, world: World) -> None:
    old = factories.unit("Cũ", under=world.own_province, until=date(2020, 1, 1), code="001")
    new = factories.unit("Mới", under=world.own_province, since=date(2020, 1, 1), code="001")
    for day, unit in (("2019-12-31", old), ("2020-01-01", new)):
        found = hr.read(f"units?on={day}&level=commune&code=001")["items"]
        assert [one["key"] for one in found] == [unit.key]
    assert hr.read(f"units/{old.key}?on=2019-12-31")["state"] == "stands"
    gone = hr.read(f"units/{old.key}?on=2020-06-01")
    assert (gone["state"], gone["name"], gone["placement"]) == ("not_known", "Phường Cũ", None)


def test_units_are_found_under_a_unit_and_by_name(hr: System, world: World, own: Corner) -> None:
    ward = factories.unit("Phước Long A", under=world.own_province)
    factories.unit("Phước Long A", under=world.other_province)
    found = hr.read(f"units?under={world.own_province.key}&name=phuoc+long")["items"]
    assert [(one["key"], one["name"], one["parent"]) for one in found] == [
        (ward.key, "Phường Phước Long A", world.own_province.key)
    ]
    assert [step["name"] for step in hr.read(f"units/{ward.key}")["path"]] == [
        "Việt Nam", "Tỉnh Một", "Phường Phước Long A",
    ]  # fmt: skip


# ---- people


def test_people_outside_the_unit_are_not_there(hr: System, own: Corner, foreign: Corner) -> None:
    assert own.person.key in [one["key"] for one in hr.read("people")["items"]]
    assert [one["key"] for one in hr.read(f"people?unit={own.ward.key}")["items"]] == [own.person.key]
    assert foreign.person.key not in [one["key"] for one in hr.read("people")["items"]]
    for path in (f"people/{foreign.person.key}", f"people?unit={foreign.ward.key}"):
        assert hr.call("GET", path).status_code == 404


def test_a_person_is_added_in_the_name_of_the_token(hr: System, own: Corner) -> None:
    answer = hr.add(
        "people",
        {
            "full_name": "Trần Thị Mới", "unit": own.ward.key, "since": "2020-10-01", "title": "Chuyên viên",
            "born": "1985-03", "gender": "f", "phone": "+84 912 345 678", "email": "moi@example.org",
            "id_number": "079185000001",
        },
    )  # fmt: skip
    key = answer.json()["key"]
    assert answer["Location"] == f"/api/v1/people/{key}"
    post = Person.objects.get(key=key).posts.get()
    assert hr.read(f"people/{key}") == {
        "key": key, "full_name": "Trần Thị Mới", "born": "1985-03", "gender": "f", "phone": "0912345678",
        "email": "moi@example.org", "is_demonstration": False,
        "posts": [
            {"key": post.key, "unit": own.ward.key, "title": "Chuyên viên", "since": "2020-10-01", "until": None}
        ],
    }  # fmt: skip
    line = Entry.objects.get(act="directory.add_person")
    assert (line.actor, line.thing) == (hr.token.actor_key, f"directory.person:{key}")


def test_the_citizens_number_is_never_given_out(hr: System, own: Corner) -> None:
    number = "079185000001"
    body = {"full_name": "Trần Thị Mới", "unit": own.ward.key, "since": "2020-10-01", "id_number": number}
    key = hr.add("people", body).json()["key"]
    kept = bytes(Person.objects.get(key=key).id_hash or b"")
    said = hr.call("GET", f"people/{key}").content + hr.call("GET", "people").content
    assert number.encode() not in said and kept.hex().encode() not in said and b"id_" not in said


def test_somebody_who_may_be_known_is_named_first(hr: System, own: Corner, foreign: Corner) -> None:
    known = factories.person("Trần Thị Quen", at=own.ward, birth_year=1985)
    factories.person("Trần Thị Quen", at=foreign.ward, birth_year=1985)
    body = {"full_name": "Tran Thi Quen", "unit": own.ward.key, "since": "2020-10-01", "born": "1985"}
    answer = hr.add("people", body)
    assert (answer.status_code, answer.json()["type"]) == (409, "/api/#maybe-known")
    assert [one["key"] for one in answer.json()["known"]] == [known.key]
    assert hr.add("people", {**body, "although_known": True}).status_code == 201


def test_nobody_is_added_to_a_foreign_unit(hr: System, foreign: Corner) -> None:
    answer = hr.add("people", {"full_name": "Trần Thị Mới", "unit": foreign.ward.key, "since": "2020-10-01"})
    assert (answer.status_code, answer.json()["errors"]) == (
        422, [{"pointer": "#/unit", "detail": "There is no such unit."}],
    )  # fmt: skip


def test_what_is_left_out_of_a_correction_stays(hr: System, own: Corner) -> None:
    path = f"people/{factories.person('Lê Văn Tám', at=own.ward).key}"
    before = hr.read(path)
    answer = hr.replace(path, {"born": "1986-02-03", "email": "a@example.org"}, method="PATCH")
    assert answer.json() == {**before, "born": "1986-02-03", "email": "a@example.org"}
    wrong = hr.replace(path, {"born": "1986-02-31"}, method="PATCH")
    assert wrong.json()["errors"] == [{"pointer": "#/born", "detail": "There is no such birth date: 31/2/1986."}]


def test_a_post_is_entered_and_ended(hr: System, own: Corner) -> None:
    path = f"people/{own.person.key}"
    other = factories.unit(under=own.unit)
    made = hr.add(f"{path}/posts", {"unit": other.key, "since": "2020-11-01", "title": "Phó phòng"})
    hr.replace(f"posts/{made.json()['key']}", {"until": "2020-12-01"}, method="PATCH", read=path)
    assert [(one["title"], one["since"], one["until"]) for one in hr.read(path)["posts"]] == [
        ("Phó phòng", "2020-11-01", "2020-12-01"),
        ("Chuyên viên", "2000-01-01", None),
    ]


def test_a_post_in_a_foreign_unit_is_not_ended(hr: System, own: Corner, foreign: Corner) -> None:
    path = f"people/{own.person.key}"
    tag = hr.call("GET", path)["ETag"]
    post = Post.objects.create(person=own.person, unit=foreign.ward, period=period_of(DAY, None))
    answer = hr.call("PATCH", f"posts/{post.key}", {"until": "2020-12-01"}, if_match=tag)
    assert answer.status_code == 404
    post.refresh_from_db()
    assert post.period.upper is None


def test_who_reads_people_through_a_token_leaves_a_look(hr: System, own: Corner) -> None:
    path = f"people/{own.person.key}"
    tag = hr.call("GET", path)["ETag"]
    hr.call("GET", path, if_none_match=tag)
    hr.read("people")
    hr.read("units")
    assert list(Look.objects.order_by("id").values_list("actor", "page", "whom", "people")) == [
        (hr.token.actor_key, "api:people_key", f"directory.person:{own.person.key}", 1),
        (hr.token.actor_key, "api:people", f"directory.unit:{own.unit.key}", 1),
    ]


# ---- classes, presence, results


@pytest.fixture
def class_of_two(own: Corner) -> list[Enrolment]:
    own.meeting.gathering.refresh_from_db()
    return [
        factories.enrolment(own.training_class, factories.person(name, at=own.ward), unit=own.ward)
        for name in ("Lê An", "Lê Bình")
    ]


def test_programmes_classes_and_meetings_in_care_are_read(hr: System, own: Corner, foreign: Corner) -> None:
    assert foreign.meeting
    meeting, found = own.meeting, own.training_class
    assert [one["key"] for one in hr.read("programmes?stage=over")["items"]] == [own.programme.key]
    assert [one["key"] for one in hr.read(f"classes?programme={own.programme.key}")["items"]] == [found.key]
    assert [one["key"] for one in hr.read("meetings?since=2020-10-05&until=2020-10-06")["items"]] == [meeting.key]
    assert hr.read("meetings?since=2020-10-06")["items"] == []
    assert hr.read(f"meetings/{meeting.key}")["starts"] == "2020-10-05T01:00:00Z"
    for path in (f"programmes/{foreign.programme.key}", f"classes/{foreign.training_class.key}",
                 f"meetings/{foreign.meeting.key}"):  # fmt: skip
        assert hr.call("GET", path).status_code == 404


def test_people_are_enrolled_all_or_none(hr: System, own: Corner, foreign: Corner) -> None:
    path = f"classes/{own.training_class.key}"
    wrong = hr.add(f"{path}/enrolments", {"people": [own.person.key, foreign.person.key]})
    assert wrong.json()["errors"] == [
        {"pointer": "#/people/1", "detail": "There is no such person here, or they have no post today."}
    ]
    assert hr.add(f"{path}/enrolments", {"people": [own.person.key]}).json()["added"] == 1
    assert hr.add(f"{path}/enrolments", {"people": [own.person.key]}).json()["added"] == 0
    assert [one["person"] for one in hr.read(f"{path}/results")["items"]] == [own.person.key]


def test_a_roll_is_entered_and_what_stands_is_only_corrected(
    hr: System, own: Corner, class_of_two: list[Enrolment]
) -> None:
    an, binh = (row.person.key for row in class_of_two)
    path = f"meetings/{own.meeting.key}/presence"
    first = hr.add(path, {"lines": [{"person": an, "state": "present"}]})
    second = hr.add(path, {"lines": [{"person": an, "state": "absent"}, {"person": binh, "state": "leave"}]})
    assert (first.json()["added"], second.json()["added"]) == (1, 1)
    seen = hr.read(path)
    assert (seen["held"], [(one["person"], one["state"], one["share"]) for one in seen["lines"]]) == (
        True, [(an, "present", "1.00"), (binh, "leave", "0.00")],
    )  # fmt: skip
    partial = {"state": "partial", "share": "0.5", "reason": "về sớm"}
    corrected = hr.replace(f"{path}/{an}", partial, read=path)
    assert [(one["state"], one["share"]) for one in corrected.json()["lines"]] == [
        ("partial", "0.50"), ("leave", "0.00"),
    ]  # fmt: skip
    assert Correction.objects.get().by == hr.token.actor_key


def test_a_roll_names_who_is_not_in_the_class(hr: System, own: Corner, class_of_two: list[Enrolment]) -> None:
    path = f"meetings/{own.meeting.key}/presence"
    answer = hr.add(path, {"lines": [{"person": own.person.key, "state": "present"}]})
    assert answer.json()["errors"] == [
        {"pointer": "#/lines/0/person", "detail": "This person is not enrolled in the class."}
    ]
    assert (
        hr.call("PUT", f"{path}/{own.person.key}", {"state": "absent", "reason": "x"}, if_match='"a"').status_code
        == 404
    )


def test_a_correction_without_the_share_is_refused_with_words(
    hr: System, own: Corner, class_of_two: list[Enrolment]
) -> None:
    path = f"meetings/{own.meeting.key}/presence"
    answer = hr.replace(f"{path}/{class_of_two[0].person.key}", {"state": "partial", "reason": "x"}, read=path)
    assert (answer.status_code, answer.json()["detail"]) == (
        409, "Cannot correct the presence of Lê An: say which part (1 to 99 percent) they attended.",
    )  # fmt: skip


def test_marks_are_entered_and_results_follow(hr: System, own: Corner, class_of_two: list[Enrolment]) -> None:
    test = Assessment.objects.create(training_class=own.training_class, code="thi", title="Thi", kind="test")
    own.training_class.rule = {"marks": [{"assessment": "thi", "at_least": 5}]}
    own.training_class.save()
    an, binh = (row.person.key for row in class_of_two)
    path = f"assessments/{test.key}/marks"
    hr.add(
        f"meetings/{own.meeting.key}/presence",
        {"lines": [{"person": key, "state": "present"} for key in (an, binh)]},
    )
    answer = hr.replace(path, {"marks": [{"person": an, "value": "8.5"}, {"person": binh, "value": "4"}]})
    assert [(one["person"], one["value"]) for one in answer.json()["marks"]] == [(an, "8.50"), (binh, "4.00")]
    results = hr.read(f"classes/{own.training_class.key}/results")["items"]
    assert [(one["person"], bool(one["completed_at"]), one["missing"]) for one in results] == [
        (an, True, []),
        (binh, False, ["Mark 4 for Thi; at least 5 is needed."]),
    ]
    late = hr.replace(path, {"marks": [{"person": an, "value": "11"}]})
    assert (late.status_code, late.json()["detail"]) == (
        409, "Cannot enter the mark 11 of Lê An for Thi: marks go from 0 to 10.",
    )  # fmt: skip


# ---- certificates


def test_a_certificate_is_read_and_verified(hr: System, own: Corner, foreign: Corner) -> None:
    made = own.certificate
    seen = hr.read(f"certificates/{made.key}")
    assert (seen["number"], seen["name"], seen["revoked_on"]) == (made.number, made.facts["name"], None)
    verdict = hr.call("GET", "verify?text=" + made.payload.replace("+", "%2B")).json()
    assert (verdict["state"], verdict["number"]) == ("valid", made.number)
    assert hr.call("GET", f"certificates/{foreign.certificate.key}").status_code == 404
    assert [one["key"] for one in hr.read(f"certificates?person={own.reader.key}")["items"]] == [made.key]


def test_what_a_broken_code_says_is_not_repeated(hr: System) -> None:
    verdict: dict[str, Any] = hr.read("verify?text=khong-phai")
    assert (verdict["state"], verdict["name"]) == ("broken", None)


def test_a_token_of_one_ward_reaches_nothing_above_it(world: World, own: Corner) -> None:
    ward = system(own.ward)
    assert own.certificate and own.meeting
    assert [one["key"] for one in ward.read("people")["items"]] == [
        one.key for one in Person.objects.filter(posts__unit=own.ward).order_by("pk")
    ]
    found, met = f"classes/{own.training_class.key}", f"meetings/{own.meeting.key}"
    paths = [f"programmes/{own.programme.key}", found, f"{found}/results", met, f"{met}/presence"]
    for path in [*paths, f"certificates/{own.certificate.key}"]:
        assert ward.call("GET", path).status_code == 404
    assert [ward.read(path)["items"] for path in ("programmes", "classes", "meetings", "certificates")] == [[]] * 4


# ---- merged


def merged_into(one: Person, other: Person) -> Merge:
    return merge_people(by=factories.BY, survivor=one, merged=other, at=timezone.now(), on=timezone.localdate()).merge


def test_the_key_of_somebody_merged_says_into_whom(hr: System, own: Corner) -> None:
    one, other = (factories.person(name, at=own.ward) for name in ("Lê An", "Lê Ân"))
    made = merged_into(one, other)
    answer = hr.call("GET", f"people/{other.key}")
    assert (answer.status_code, answer["Content-Type"]) == (410, "application/problem+json")
    assert (answer.json()["type"], answer.json()["merged_into"]) == ("/api/#merged", one.key)
    changed = hr.call("PATCH", f"people/{other.key}", {"phone": "0912345678"}, if_match='"a"')
    posted = hr.add(f"people/{other.key}/posts", {"unit": own.ward.key, "since": "2020-11-01"})
    assert [one.status_code for one in (changed, posted)] == [410, 410]
    unmerge_people(by=factories.BY, merge=made, at=timezone.now())
    assert hr.read(f"people/{other.key}")["key"] == other.key


def test_whom_a_stranger_was_merged_into_is_not_said(hr: System, foreign: Corner) -> None:
    one, other = (factories.person(name, at=foreign.ward) for name in ("Lê An", "Lê Ân"))
    merged_into(one, other)
    answer = hr.call("GET", f"people/{other.key}")
    assert (answer.status_code, one.key in answer.content.decode()) == (404, False)


def test_a_merged_person_in_a_body_is_a_fault_that_names_the_survivor(
    hr: System, own: Corner, foreign: Corner
) -> None:
    one, other = (factories.person(name, at=own.ward) for name in ("Lê An", "Lê Ân"))
    stranger, lost = (factories.person(name, at=foreign.ward) for name in ("Vũ An", "Vũ Ân"))
    merged_into(one, other)
    merged_into(stranger, lost)
    answer = hr.add(f"classes/{own.training_class.key}/enrolments", {"people": [other.key, lost.key]})
    assert [fault["detail"] for fault in answer.json()["errors"]] == [
        f"This person was merged into another one: ask for {one.key}.",
        "There is no such person here, or they have no post today.",
    ]
    line = {"person": other.key, "state": "present"}
    for path, body in (
        (f"meetings/{own.meeting.key}/presence", {"lines": [line]}),
        (f"assessments/{own.assignment.key}/marks", {"marks": [{"person": other.key, "value": "5"}]}),
    ):
        send = hr.add if "lines" in body else hr.replace
        assert [fault["detail"] for fault in send(path, body).json()["errors"]] == [
            f"This person was merged into another one: ask for {one.key}."
        ]
    single = hr.call(
        "PUT", f"meetings/{own.meeting.key}/presence/{other.key}", {"state": "absent", "reason": "x"}, if_match='"a"'
    )
    assert single.status_code == 410


def test_a_place_in_a_list_stays_when_its_person_is_merged(hr: System, own: Corner) -> None:
    people = [factories.person(name, at=own.ward) for name in ("Lê An", "Lê Ân", "Lê Bình")]
    part = hr.read(f"people?unit={own.ward.key}&limit=2")
    assert part["next"] == people[1].key
    merged_into(people[0], people[1])
    assert [one["key"] for one in hr.read(f"people?unit={own.ward.key}&after={part['next']}")["items"]] == [
        people[2].key
    ]


# ---- lists that were loaded


def loaded(own: Corner, *people: Person) -> Import:
    """An applied roster that brought these people."""
    made = own.roster
    Import.objects.filter(pk=made.pk).update(state=Import.State.APPLIED, applied_at=timezone.now())
    for number, one in enumerate(people, 1):
        unit = one.posts.get().unit_id
        ImportRow.objects.create(
            source=made, number=number, verdict="new", values={"_unit": unit}, result={"person": one.pk}
        )
    return made


def test_whom_a_list_brought_is_read_as_far_as_they_are_in_care(hr: System, own: Corner, foreign: Corner) -> None:
    made = loaded(own, own.person, foreign.person)
    seen = hr.read(f"imports/{made.key}")
    assert (seen["programme"], seen["state"], seen["taken"]) == (own.programme.key, "applied", 2)
    assert [one["key"] for one in hr.read(f"people?imported={made.key}")["items"]] == [own.person.key]
    ward = system(own.ward)  # the list is not its own, but people of it are
    assert [one["key"] for one in ward.read(f"people?imported={made.key}")["items"]] == [own.person.key]
    other = system(factories.unit(under=own.unit))
    for path in (f"imports/{made.key}", f"people?imported={made.key}"):
        assert other.call("GET", path).status_code == 404
