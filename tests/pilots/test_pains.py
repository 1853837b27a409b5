"""Pain points: taken over once, merged and separated, voted for once a person, weighed with the reasons kept."""

from datetime import date
from decimal import Decimal

import factories as make
import pytest
from at_once import at_once, meanwhile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pilots.made import AT, pain, refusal

from lantoa.common.personal import Subject
from lantoa.directory.access import in_care
from lantoa.directory.models import Level, Role
from lantoa.ledger.models import Entry
from lantoa.pilots.actions.pains import (
    merge_pain,
    open_for_votes,
    separate_pain,
    take_vote_back,
    vote,
    weigh,
)
from lantoa.pilots.models import PainPoint, Vote, Weight
from lantoa.pilots.personal import erase
from lantoa.pilots.queries.pains import (
    as_heard,
    find_pains,
    heard,
    heard_in_training,
    heard_in_workshops,
    pains_seen,
)
from lantoa.programmes.models import Field
from lantoa.training.models import Assessment, Submission
from lantoa.workshops.actions.workshops import create_workshop
from lantoa.workshops.models import Question

ON = date(2020, 10, 6)


def voices(one: PainPoint) -> int:
    return int(find_pains(PainPoint.objects.filter(pk=one.pk), None).get().voices)


@pytest.mark.django_db
def test_one_vote_a_person_whatever_is_pressed() -> None:
    hurt, one, two = pain(), make.person(), make.person()

    for who in (one, one, two):
        vote(by=make.BY, pain=hurt, person=who, at=AT)
    assert voices(hurt) == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(pain=hurt, person=one, at=AT)
    take_vote_back(by=make.BY, pain=hurt, person=two)
    assert voices(hurt) == 1


@pytest.mark.django_db
def test_merged_ones_count_each_person_once_and_are_separated_exactly() -> None:
    one, other, who = pain(title="Khai lại"), pain(title="Khai nhiều lần"), make.person()
    for hurt in (one, other):
        vote(by=make.BY, pain=hurt, person=who, at=AT)
    vote(by=make.BY, pain=other, person=make.person(), at=AT)

    merge_pain(by=make.BY, pain=other, into=one, reason="Cùng là khai lại")
    assert (voices(one), list(find_pains(PainPoint.objects.all(), None))) == (2, [one])
    assert refusal(lambda: vote(by=make.BY, pain=other, person=who, at=AT)) == (
        "Cannot vote for “Khai nhiều lần”: it is merged. Vote for the other."
    )
    separate_pain(by=make.BY, pain=other)
    assert (voices(one), voices(other)) == (1, 2)
    assert [line.act for line in Entry.objects.filter(act__endswith="_pain").order_by("pk")][2:] == [
        "pilots.merge_pain",
        "pilots.separate_pain",
    ]


@pytest.mark.django_db
def test_a_merge_is_refused_in_words() -> None:
    one, two, three = pain(title="Một"), pain(title="Hai"), pain(title="Ba")
    merge_pain(by=make.BY, pain=two, into=one, reason="Như nhau")

    assert [
        refusal(lambda: merge_pain(by=make.BY, pain=one, into=one, reason="x")),
        refusal(lambda: merge_pain(by=make.BY, pain=three, into=one, reason=" ")),
        refusal(lambda: merge_pain(by=make.BY, pain=three, into=two, reason="x")),
        refusal(lambda: merge_pain(by=make.BY, pain=one, into=three, reason="x")),
        refusal(lambda: separate_pain(by=make.BY, pain=three)),
    ] == [
        "Cannot merge “Một” into itself.",
        "Cannot merge “Ba”: say why the two are one.",
        "Cannot merge “Hai”: it is merged already.",
        "Cannot merge “Một”: 1 others are merged into it. Merge the other way round.",
        "Cannot separate “Ba”: it is not merged.",
    ]


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_two_into_each_other_at_once_make_no_circle() -> None:
    one, two = pain(title="Một"), pain(title="Hai")
    came = meanwhile(
        lambda: merge_pain(by=make.BY, pain=one, into=two, reason="x"),
        lambda: merge_pain(by=make.BY, pain=two, into=one, reason="x"),
    )

    assert came == "Cannot merge “Một”: it is merged already."
    assert PainPoint.objects.filter(into=None).get() == two


@pytest.mark.django_db(transaction=True)
def test_the_same_is_taken_over_by_one_of_two_who_press_at_once() -> None:
    unit = make.unit()
    acts = [lambda: pain(unit, source="workshops.question:1", source_words="Hội thảo")] * 2

    assert sorted(at_once(acts)) == [
        "Cannot take “Phải khai lại giấy tờ” over: it was taken over already.",
        "done",
    ]


@pytest.mark.django_db
def test_what_was_weighed_before_stays_with_its_reason() -> None:
    hurt = pain()
    for people in (120, 300):
        weigh(
            by=make.BY, pain=hurt, people=people, cost=Decimal(5_000_000), feasibility=4, reason="Sổ một cửa", at=AT
        )

    row = find_pains(PainPoint.objects.all(), None, order="people").get()
    assert (row.people, row.cost, row.feasibility, hurt.weights.count()) == (300, 5_000_000, 4, 2)
    assert refusal(
        lambda: weigh(by=make.BY, pain=hurt, people=1, cost=Decimal(0), feasibility=1, reason=" ", at=AT)
    ) == ("Cannot weigh “Phải khai lại giấy tờ”: say what the figures rest on.")
    with pytest.raises(DatabaseError, match="it stays as it is"), transaction.atomic():
        Weight.objects.update(people=1)
    with pytest.raises(DatabaseError, match="it stays as it is"), transaction.atomic():
        Weight.objects.all().delete()


@pytest.mark.django_db
def test_what_learners_and_workshops_said_is_taken_over_once_and_without_names() -> None:
    city = make.unit(level=Level.PROVINCE, kind="Thành phố")
    ward = make.unit(under=city)
    officer = make.user(Role.PROGRAMME_OFFICER, on=city)
    units = in_care(officer, "pilots.manage", on=ON)
    place = make.enrolment(make.training_class(make.programme(city)), make.person("Lê Thị Kín"), unit=ward)
    work = Assessment.objects.create(training_class=place.training_class, code="bai", title="Bài", kind="plan")
    handed_in = Submission.objects.create(
        enrolment=place, assessment=work, problem="Dân phải khai hai lần", unit=ward, handed_in_at=AT
    )
    held = create_workshop(
        by=make.BY, unit=city, code="ht", name="Hội thảo", begins=AT, ends=AT.replace(hour=5), languages=["vi"], at=AT
    )
    asked = Question.objects.create(workshop=held, language="vi", text="Khi nào có wifi?", state="open", asked_at=AT)
    Question.objects.create(workshop=held, language="vi", text="Chưa ai đọc", state="held", asked_at=AT)

    said = [as_heard(row) for row in (*heard_in_training(units), *heard_in_workshops(units))]
    assert [(one.source, one.text, one.where, one.unit) for one in said] == [
        (
            f"training.submission:{handed_in.key}",
            "Dân phải khai hai lần",
            f"Bài, {place.training_class.code}",
            ward.pk,
        ),
        (f"workshops.question:{asked.key}", "Khi nào có wifi?", "Hội thảo", city.pk),
    ]
    for one in said:
        pain(ward, title=one.text, source=one.source, source_words=one.where)
    assert [list(heard_in_training(units)), list(heard_in_workshops(units))] == [[], []]
    assert heard(said[0].source, units) is None
    assert heard("directory.person:1", units) is None


@pytest.mark.django_db
def test_an_erased_learner_leaves_the_pain_point_and_no_way_back() -> None:
    who = make.person()
    place = make.enrolment(make.training_class(), who)
    work = Assessment.objects.create(training_class=place.training_class, code="bai", title="Bài", kind="plan")
    handed_in = Submission.objects.create(enrolment=place, assessment=work, problem="Khai lại", handed_in_at=AT)
    hurt = pain(source=f"training.submission:{handed_in.key}", source_words="Bài")
    vote(by=make.BY, pain=hurt, person=who, at=AT)

    subject = Subject(who.pk, who.key, None, "", who.full_name, who.folded)
    gone = erase(by=make.BY, subject=subject, at=AT)
    hurt.refresh_from_db()
    assert (hurt.title, hurt.source, hurt.source_words) == ("Phải khai lại giấy tờ", "", "")
    assert [one.count for one in gone] == [1, 1, 0]  # the vote, the source; they wrote nothing as a citizen
    assert Vote.objects.count() == 0


@pytest.mark.django_db
def test_what_is_opened_for_votes_is_read_by_all_under_the_unit_and_nobody_else(client: Client) -> None:
    city = make.unit(level=Level.PROVINCE, kind="Thành phố")
    ward, other = make.unit(under=city), make.unit(under=city)
    hurt = pain(ward)
    reader = make.user(Role.UNIT_COORDINATOR, on=other, is_person=make.person())
    stranger = make.user(Role.UNIT_COORDINATOR, on=make.unit())

    assert list(pains_seen(reader, on=ON)) == []
    open_for_votes(by=make.BY, pain=hurt, to=city)
    assert (list(pains_seen(reader, on=ON)), list(pains_seen(stranger, on=ON))) == ([hurt], [])
    client.force_login(reader)
    assert client.post(f"/pilots/pains/{hurt.key}/vote/").status_code == 302
    assert client.post(f"/pilots/pains/{hurt.key}/vote/").status_code == 302
    assert voices(hurt) == 1
    assert client.get(f"/pilots/pains/{hurt.key}/weigh/").status_code == 404


@pytest.mark.django_db
def test_the_same_words_are_written_once_for_a_unit() -> None:
    unit = make.unit()
    first = pain(unit)

    assert refusal(lambda: pain(unit)) == (
        "Cannot write “Phải khai lại giấy tờ” down: the same words stand in the list of the unit."
    )
    merge_pain(by=make.BY, pain=first, into=pain(unit, "Khác"), reason="Như nhau")
    assert [refusal(lambda: pain(unit)), refusal(lambda: pain(make.unit()))] == ["done", "done"]


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_writes_one_pain_point() -> None:
    unit = make.unit()

    assert sorted(at_once([lambda: pain(unit)] * 2)) == [
        "Cannot write “Phải khai lại giấy tờ” down: the same words stand in the list of the unit.",
        "done",
    ]


@pytest.mark.django_db
def test_the_list_asks_as_often_for_one_as_for_three(client: Client) -> None:
    unit = make.unit()
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=unit))
    pain(unit)
    counts = []
    for more in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get("/pilots/pains/").status_code == 200
        counts.append(len(asked))
        pain(unit, f"Hai {more}"), pain(unit, f"Ba {more}")
    assert counts == [12, 12]


@pytest.mark.django_db
def test_a_unit_says_what_hurts_by_a_form(client: Client) -> None:
    Field.objects.get_or_create(code="y-te", defaults={"name_vi": "Y tế", "name_en": "Health"})
    ward = make.unit("Một")
    client.force_login(make.user(Role.UNIT_COORDINATOR, on=ward))
    sent = {"title": "Phải khai lại", "text": "Mỗi ngày", "unit": "Phường Một", "fields_of_work": ["y-te"]}

    assert client.post("/pilots/pains/new/", sent).status_code == 302
    made = PainPoint.objects.get()
    assert (made.title, made.unit, [field.code for field in made.fields.all()]) == ("Phải khai lại", ward, ["y-te"])
    make.unit("Lạ", kind="Xã")
    refused = client.post("/pilots/pains/new/", sent | {"unit": "Xã Lạ"}).content.decode()
    assert "Bạn không có quyền làm việc này cho đơn vị đó." in refused
