"""Two records of one person made one, and separated again exactly."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from factories import BY, enrolment, meeting, person, training_class, unit, user
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lantoa.common.refused import Refused
from lantoa.directory import actions, queries
from lantoa.directory.actions.merging import merge_people, pointing, unmerge_people
from lantoa.directory.models import Merge, Person, Post, Role, period_of
from lantoa.directory.rules.merging import rest_of
from lantoa.ledger.models import Entry
from lantoa.presence.models import Attendance
from lantoa.web import actions as desk

AT = datetime(2020, 10, 6, 3, tzinfo=UTC)
DAY = date(2020, 10, 6)
TOUCHED = [
    "directory.person",
    "directory.post",
    "directory.personchange",
    "directory.transfer",
    "directory.rolegrant",
    "training.enrolment",
    "training.meeting",
    "presence.attendance",
    "programmes.lecturer",
    "accounts.user",
    "accounts.personallink",
]


def every_row() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables a merge may touch, as they stand."""
    return {
        label: [
            {key: bytes(value) if isinstance(value, memoryview) else value for key, value in row.items()}
            for row in apps.get_model(label)._base_manager.order_by("pk").values()
        ]
        for label in TOUCHED
    }


def merge(survivor: Person, merged: Person, **more: Any) -> Merge:
    return merge_people(by=BY, survivor=survivor, merged=merged, at=AT, on=DAY, **more).merge


def test_what_is_left_of_a_period() -> None:
    whole = (date(2020, 1, 1), None)
    assert rest_of(whole, []) == [whole]
    assert rest_of(whole, [(date(2019, 1, 1), None)]) == []
    assert rest_of(whole, [(date(2021, 1, 1), date(2022, 1, 1))]) == [
        (date(2020, 1, 1), date(2021, 1, 1)),
        (date(2022, 1, 1), None),
    ]
    assert rest_of((date(2020, 1, 1), date(2021, 1, 1)), [(date(2021, 1, 1), None)]) == [
        (date(2020, 1, 1), date(2021, 1, 1))
    ]


@pytest.mark.django_db
def test_everything_is_asked_for_through_the_survivor() -> None:
    ward, other = unit(), unit()
    one, two = (
        person("Nguyễn Văn An", at=ward),
        person("Nguyễn Văn Ân", at=other, phone="0903111222", birth_year=1985),
    )
    place = enrolment(training_class(), two)
    lesson = meeting(place.training_class)
    line = Attendance.objects.create(
        gathering=lesson.gathering, person=two, state="present", share=1, how="code", at=AT, by="test"
    )
    made = merge(one, two, reason="cùng số điện thoại")

    for row in (one, two, place, line):
        row.refresh_from_db()
    assert (two.merged_into, place.person, line.person, one.phone) == (one, one, one, "0903111222")
    assert sorted(post.unit_id for post in one.posts.all()) == sorted([ward.pk, other.pk])
    assert [list(queries.people_of(where, on=DAY)) for where in (ward, other)] == [[one], [one]]
    assert (queries.person_of(two.key), Person.objects.filter(pk=two.pk).exists()) == (one, False)
    assert (made.survivor, made.merged, made.reason, made.made_by) == (one, two, "cùng số điện thoại", BY.actor_key)
    entry = Entry.objects.get(act="directory.merge_people")
    assert entry.about == {"merged": two.key, "merge": made.key, "rows": 5, "closed_account": None}


@pytest.mark.django_db
def test_a_list_that_still_has_the_merged_name_finds_the_survivor() -> None:
    from lantoa.directory.rules.people import Birth, Sought

    ward = unit()
    one, two = person("Nguyễn Văn An", at=ward), person("Nguyễn Văn Ấn", at=ward)
    merge(one, two)
    found = queries.find_candidates([Sought("Nguyễn Văn Ấn", Birth(1985), ward.pk)])
    assert [(sure, known.key, known.full_name) for sure, known in found[0]] == [(2, one.key, "Nguyễn Văn An")]


@pytest.mark.django_db
def test_posts_become_one_life() -> None:
    ward = unit()
    one, two = person(at=None), person(at=None)
    Post.objects.create(
        person=one, unit=ward, title="Công chức", period=period_of(date(2018, 1, 1), None), source="a"
    )
    Post.objects.create(
        person=two, unit=ward, title="công chức", period=period_of(date(2015, 1, 1), date(2019, 1, 1)), source="b"
    )
    Post.objects.create(person=two, unit=ward, title="Chủ tịch", period=period_of(date(2020, 1, 1), None), source="c")
    merge(one, two)
    assert [(p.title, p.period.lower, p.period.upper) for p in one.posts.order_by("period")] == [
        ("công chức", date(2015, 1, 1), date(2018, 1, 1)),
        ("Công chức", date(2018, 1, 1), date(2020, 1, 1)),
        ("Chủ tịch", date(2020, 1, 1), None),
    ]
    assert two.posts.count() == 0


@pytest.mark.django_db
def test_presence_that_both_have_stays_aside_and_comes_back() -> None:
    one, two = person("Nguyễn An"), person("Nguyễn Ân")
    lesson = meeting(training_class())
    lines = [
        Attendance.objects.create(
            gathering=lesson.gathering, person=who, state=state, share=share, how="code", at=AT, by="test"
        )
        for who, state, share in ((one, "present", 1), (two, "absent", 0))
    ]
    done = merge_people(by=BY, survivor=one, merged=two, at=AT, on=DAY)
    assert dict(done.aside) == {"presence at meetings": 1}
    assert [Attendance.objects.get(pk=line.pk).person_id for line in lines] == [one.pk, two.pk]


@pytest.mark.django_db
def test_two_who_teach_at_the_same_time_are_not_one() -> None:
    one, two = person("Nguyễn An"), person("Nguyễn Ân")
    start = datetime(2020, 10, 7, 1, tzinfo=UTC)
    meeting(training_class(), start, lecturer=one)
    meeting(training_class(), start, lecturer=two)
    with pytest.raises(Refused) as refused:
        merge(one, two)
    assert str(refused.value) == (
        "Cannot merge Nguyễn Ân into Nguyễn An: what both have on record excludes each other (meetings taught)."
        " Settle that first."
    )


@pytest.mark.django_db
def test_two_places_in_one_class_are_settled_explicitly() -> None:
    one, two = person("Nguyễn An"), person("Nguyễn Ân")
    of = training_class(code="Q9-1")
    first, second = enrolment(of, one), enrolment(of, two)
    with pytest.raises(Refused) as refused:
        desk.merge(by=BY, survivor=one, merged=two, at=AT, on=DAY)
    assert str(refused.value) == "Cannot merge Nguyễn Ân into Nguyễn An: say which place in class Q9-1 stays."

    before = every_row()
    made = desk.merge(by=BY, survivor=one, merged=two, at=AT, on=DAY, places=[second.key]).merge
    for row in (first, second):
        row.refresh_from_db()
    assert (first.withdrawn_at, second.withdrawn_at, second.person) == (AT, None, one)
    unmerge_people(by=BY, merge=made, at=AT)
    assert every_row() == before


@pytest.mark.django_db
def test_of_two_accounts_one_is_closed_and_comes_back() -> None:
    one, two = person("Nguyễn An"), person("Nguyễn Ân")
    mine, other = user(is_person=one), user(is_person=two)
    with pytest.raises(Refused) as refused:
        merge(one, two)
    assert str(refused.value) == "Cannot merge Nguyễn Ân into Nguyễn An: both have an account. Say which one stays."
    before = every_row()
    made = merge(one, two, account="merged")
    for row in (one, two, mine, other):
        row.refresh_from_db()
    assert (one.user, two.user, mine.is_active, other.is_active) == (other, mine, False, True)
    unmerge_people(by=BY, merge=made, at=AT)
    assert every_row() == before


@pytest.mark.django_db
def test_an_account_that_may_do_more_than_the_givers_is_not_touched() -> None:
    ward = unit()
    one, two = person(at=ward), person(at=ward)
    chief = user(Role.PROGRAMME_OFFICER, on=ward, is_person=two)
    coordinator = user(Role.UNIT_COORDINATOR, on=ward)
    with pytest.raises(Refused) as refused:
        merge_people(by=coordinator, survivor=one, merged=two, at=AT, on=DAY)
    assert str(refused.value) == f"Cannot change the account “{chief.username}”: it may do more than yours."


@pytest.mark.django_db
def test_no_chains_no_circles_and_the_last_merge_is_taken_back_first() -> None:
    one, two, three = person("A A"), person("B B"), person("C C")
    first = merge(two, three)
    with pytest.raises(Refused) as again:
        merge(one, three)
    with pytest.raises(Refused) as itself:
        merge(one, one)
    second = merge(one, two)
    three.refresh_from_db()
    assert three.merged_into == one
    with pytest.raises(Refused) as early:
        unmerge_people(by=BY, merge=first, at=AT)
    unmerge_people(by=BY, merge=second, at=AT)
    with pytest.raises(Refused) as twice:
        unmerge_people(by=BY, merge=second, at=AT)
    unmerge_people(by=BY, merge=first, at=AT)
    assert Person.objects.filter(pk__in=[one.pk, two.pk, three.pk]).count() == 3
    assert [str(one.value) for one in (again, itself, early, twice)] == [
        "Cannot merge C C into A A: C C has been merged into somebody already.",
        "Cannot merge A A with themselves.",
        "Cannot separate C C from B B: B B was merged since. Take that back first.",
        "Cannot separate B B from A A: it was done already.",
    ]


@pytest.mark.django_db
def test_the_database_itself_lets_nobody_point_at_one_who_was_merged() -> None:
    one, two, three = person(), person(), person()
    merge(one, two)
    for who, into in ((three, two), (one, three), (three, three)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.records.filter(pk=who.pk).update(merged_into=into)


@pytest.mark.django_db
def test_those_said_not_to_be_the_same_are_not_merged() -> None:
    one, two = person("Nguyễn An"), person("Nguyễn Ân")
    said = actions.say_not_same(by=BY, one=two, other=one, at=AT)
    assert actions.say_not_same(by=BY, one=one, other=two, at=AT) == said
    with pytest.raises(Refused) as refused:
        merge(one, two)
    with pytest.raises(Refused) as itself:
        actions.say_not_same(by=BY, one=one, other=one, at=AT)
    actions.take_back_not_same(by=BY, said=said)
    merge(one, two)
    assert [str(refused.value), str(itself.value)] == [
        "Cannot merge Nguyễn Ân into Nguyễn An: somebody said that they are not the same. Take that back.",
        "Cannot say that Nguyễn An is somebody else than themselves.",
    ]


@pytest.mark.django_db
def test_an_invented_person_is_no_real_one() -> None:
    with pytest.raises(Refused) as refused:
        merge(person("Nguyễn An"), person("Nguyễn Ân", is_demonstration=True))
    assert str(refused.value) == ("Cannot merge Nguyễn Ân into Nguyễn An: only one of them is an invented person.")


@pytest.mark.django_db
def test_what_was_done_since_stays_and_what_stands_in_the_way_is_named() -> None:
    one, two = person("Nguyễn An"), person("Nguyễn Ân", phone="0903111222")
    of = training_class()
    first, second = enrolment(of, one), enrolment(of, two)
    made = desk.merge(by=BY, survivor=one, merged=two, at=AT, on=DAY, places=[second.key]).merge
    second.refresh_from_db()
    second.withdrawn_at = AT
    second.save()
    enrolment(of, one)
    with pytest.raises(Refused) as refused:
        unmerge_people(by=BY, merge=made, at=AT)
    assert str(refused.value) == (
        "Cannot separate Nguyễn Ân from Nguyễn An: what was done since stands in the way (classes)."
    )
    assert first.key != second.key


@pytest.mark.django_db
def test_whoever_was_merged_is_changed_no_more() -> None:
    one, two = person("Nguyễn An"), person("Nguyễn Ân")
    merge(one, two)
    with pytest.raises(Refused) as refused:
        actions.set_post(by=BY, person=two, unit=unit(), title="", since=DAY)
    assert str(refused.value) == ("Cannot change Nguyễn Ân: they were merged into another person's record since.")


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_the_same_two_both_ways_at_once_merge_them_once() -> None:
    one, two = person("Nguyễn An"), person("Nguyễn Ân")
    start = Barrier(2)

    def run(pair: tuple[Person, Person]) -> str:
        try:
            start.wait(120)
            merge(*pair)
        except Refused as refused:
            return refused.message.split(":")[0]
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        said = sorted(threads.map(run, [(one, two), (two, one)]))
    assert said == ["Cannot merge %(merged)s into %(survivor)s", "done"]
    assert Person.objects.filter(pk__in=[one.pk, two.pk]).count() == 1


def test_every_table_that_points_at_a_person_says_what_a_merge_does_with_it() -> None:
    """A new foreign key to Person: give its model `merging = Merging(N_("words"), ...)` (decision 0014)."""
    silent = [f"{model._meta.label}.{column}" for model, column, _how in pointing() if not hasattr(model, "merging")]
    assert silent == []


DAYS = st.dates(date(2015, 1, 1), date(2022, 1, 1))
POSTS = st.lists(
    st.tuples(
        st.booleans(), st.integers(0, 1), st.sampled_from(["", "Công chức", "Chủ tịch"]), DAYS, st.integers(0, 900)
    ),
    max_size=6,
)
DETAILS = st.fixed_dictionaries(
    {
        "phone": st.sampled_from(["", "0903111222", "0903111333"]),
        "email": st.sampled_from(["", "a@b.vn"]),
        "birth_year": st.sampled_from([None, 1985, 1986]),
        "gender": st.sampled_from(["", "f", "m"]),
    }
)


class MergingAndSeparating(TestCase):
    """Merge, then separate: every row of every room is what it was."""

    @settings(
        max_examples=25,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(
        posts=POSTS,
        details=st.tuples(DETAILS, DETAILS),
        numbers=st.tuples(st.booleans(), st.booleans()),
        accounts=st.tuples(st.booleans(), st.booleans()),
        present=st.lists(st.tuples(st.booleans(), st.booleans()), max_size=3),
        seats=st.lists(st.tuples(st.booleans(), st.booleans()), max_size=3),
        keeps=st.sampled_from(["survivor", "merged"]),
    )
    def test_is_the_identity(
        self,
        posts: list[Any],
        details: tuple[Any, Any],
        numbers: tuple[bool, bool],
        accounts: tuple[bool, bool],
        present: list[tuple[bool, bool]],
        seats: list[tuple[bool, bool]],
        keeps: str,
    ) -> None:
        units = [unit(), unit()]
        both = [person(f"Nguyễn Văn {name}", **said) for name, said in zip(("An", "Ân"), details, strict=True)]
        for who, numbered in zip(both, numbers, strict=True):
            if numbered:
                who.id_hash, who.id_last3 = f"{who.pk:032d}".encode(), "123"
                who.save()
        for who, has in zip(both, accounts, strict=True):
            if has:
                user(Role.LEARNER, on=units[0], is_person=who)
        for second, place, title, since, length in posts:
            until = None if length > 800 else date.fromordinal(since.toordinal() + length + 1)
            held = Post.objects.filter(
                person=both[second], unit=units[place], period__overlap=period_of(since, until)
            )
            if not held.exists():
                Post.objects.create(
                    person=both[second], unit=units[place], title=title, period=period_of(since, until), source="t"
                )
        places = []
        for seated in seats:
            of = training_class()
            rows = [enrolment(of, who) for who, sits in zip(both, seated, strict=True) if sits]
            places += [rows[keeps == "merged" if len(rows) == 2 else 0].key] if rows else []
        for day, lines in enumerate(present, 1):
            start = datetime(2020, 11, day, 1, tzinfo=UTC)
            lesson = meeting(training_class(), start, lecturer=both[0] if lines[0] else both[1])
            for who, there in zip(both, lines, strict=True):
                if there:
                    Attendance.objects.create(
                        gathering=lesson.gathering, person=who, state="present", share=1, how="code", at=AT, by="t"
                    )
        before = every_row()
        made = desk.merge(by=BY, survivor=both[0], merged=both[1], at=AT, on=DAY, account=keeps, places=places).merge
        assert every_row() != before
        unmerge_people(by=BY, merge=made, at=AT)
        assert every_row() == before
