"""A spread: an order settled once and drawn again by anybody, steps done on days, help between units."""

import hashlib
from datetime import date

import factories as make
import pytest
from at_once import at_once
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pilots.made import AT, fixed, refusal
from readiness.held import answered, campaign, province, published

from lantoa.directory.access import care_of_unit
from lantoa.directory.models import Level, Role, Succession, SuccessionLink, Unit
from lantoa.directory.queries.heirs import stands_for
from lantoa.directory.queries.tops import tops_of
from lantoa.ledger.models import Entry
from lantoa.pilots.actions.adopting import ask_help, check_fidelity, give_help, step_done, take_step_back
from lantoa.pilots.actions.playbooks import load_playbook
from lantoa.pilots.actions.spreads import (
    add_units,
    add_wave,
    begin_spread,
    leave_spread,
    remove_unit,
    remove_wave,
    settle_order,
)
from lantoa.pilots.models import Adoption, Spread, Wave
from lantoa.pilots.queries.leader import Counts, adoptions_of, trying
from lantoa.pilots.queries.playbooks import shipped
from lantoa.pilots.queries.spreads import adoption_now, candidates, counted, with_steps
from lantoa.pilots.rules.order import drawn, in_waves

BEFORE, FIRST, SECOND = date(2020, 8, 3), date(2020, 9, 1), date(2020, 11, 1)
SEED = "0f" * 16
STEPS = ["song-4g", "wifi", "kenh-lien-lac", "truyen-thanh", "thuong-mai", "kham-tu-xa"]


def city() -> Unit:
    return make.unit("Thử", level=Level.PROVINCE, kind="Thành phố")


def spread(office: Unit, units: int = 3, capacity: int = 2) -> Spread:
    """Units under the office, and two waves."""
    book = load_playbook(by=make.BY, unit=office, text=shipped()["vi-huong-2020.toml"], at=AT)
    made = begin_spread(by=make.BY, unit=office, version=book.version, name="Nhân rộng")
    add_units(by=make.BY, spread=made, units=[make.unit(under=office) for _ in range(units)], at=AT)
    for day in (FIRST, SECOND):
        add_wave(by=make.BY, spread=made, starts_on=day, capacity=capacity)
    return made


def settled(office: Unit, **more: int) -> Spread:
    return settle_order(by=make.BY, spread=spread(office, **more), at=AT, on=BEFORE, seed=SEED)


def done(adoption: Adoption, step: str, day: date) -> str:
    return refusal(
        lambda: step_done(by=make.BY, adoption=adoption, step=step, day=day, note="", at=AT, on=date(2020, 12, 31))
    )


# ---- the order


@given(st.lists(st.text("abc0123", min_size=1), unique=True), st.text("0123456789abcdef", min_size=1), st.randoms())
def test_the_lot_is_the_same_whoever_draws_it_and_in_whatever_order_the_list_comes(
    keys: list[str], seed: str, chance: object
) -> None:
    mixed = list(keys)
    chance.shuffle(mixed)  # type: ignore[attr-defined]

    assert drawn(keys, seed) == drawn(mixed, seed)
    assert sorted(drawn(keys, seed)) == sorted(keys)


def test_the_lot_is_drawn_with_nothing_but_sha_256() -> None:
    keys = ["a", "b", "c"]

    assert drawn(keys, "s") == sorted(keys, key=lambda key: hashlib.sha256(f"s:{key}".encode()).hexdigest())
    assert drawn(keys, "s") == ["c", "b", "a"]


def test_waves_are_filled_in_turn() -> None:
    assert in_waves(3, [2, 2]) == [0, 0, 1]
    assert refusal(lambda: in_waves(5, [2, 2])) == ("Cannot settle the order: the waves have 4 places for 5 units.")


@pytest.mark.django_db
def test_the_order_stands_in_the_ledger_before_the_first_wave_and_is_drawn_again_from_it() -> None:
    made = settled(city())

    line = Entry.objects.get(act="pilots.settle_order")
    order = list(made.adoptions.order_by("place").values_list("unit__key", flat=True))
    assert line.about == {"seed": SEED, "order": order, "waves": [2, 2]}
    assert drawn(sorted(order), line.about["seed"]) == order
    assert list(made.adoptions.order_by("place").values_list("place", "wave__number")) == [(1, 1), (2, 1), (3, 2)]


@pytest.mark.django_db
def test_a_spread_is_begun_once_until_its_order_is_settled() -> None:
    made = spread(city())

    def begin(name: str = "Nhân rộng") -> str:
        return refusal(lambda: begin_spread(by=make.BY, unit=made.unit, version=made.version, name=name))

    assert [begin(), begin("Khác")] == [
        "Cannot begin spread Nhân rộng: one of this name and playbook stands, and its order is not settled.",
        "done",
    ]
    settle_order(by=make.BY, spread=made, at=AT, on=BEFORE, seed=SEED)
    assert begin() == "done"


@pytest.mark.django_db
def test_a_settled_order_stays() -> None:
    office = city()
    made = settled(office)
    one = made.adoptions.earliest("place")
    words = "Cannot change spread Nhân rộng: its order is settled."

    assert {
        refusal(lambda: settle_order(by=make.BY, spread=made, at=AT, on=BEFORE, seed="1")),
        refusal(lambda: add_units(by=make.BY, spread=made, units=[make.unit()], at=AT)),
        refusal(lambda: remove_unit(by=make.BY, adoption=one)),
        refusal(lambda: add_wave(by=make.BY, spread=made, starts_on=date(2021, 1, 1), capacity=1)),
        refusal(lambda: remove_wave(by=make.BY, spread=made)),
    } == {words}
    for act in (
        lambda: Spread.objects.update(seed="1"),
        lambda: Adoption.objects.filter(pk=one.pk).update(place=9),
        lambda: Adoption.objects.filter(pk=one.pk).update(wave=None, place=None),
        lambda: one.delete(),
        lambda: Wave.objects.update(capacity=9),
        lambda: Adoption.objects.create(spread=made, unit=make.unit(), added_at=AT, added_by="x"),
    ):
        with pytest.raises(DatabaseError, match="is settled"), transaction.atomic():
            act()


@pytest.mark.django_db
def test_an_order_is_refused_in_words() -> None:
    made = spread(city(), units=5)

    def settle(on: date, **more: object) -> str:
        return refusal(lambda: settle_order(by=make.BY, spread=made, at=AT, on=on, **more))  # type: ignore[arg-type]

    empty = begin_spread(by=make.BY, unit=made.unit, version=made.version, name="Rỗng")
    assert refusal(lambda: settle_order(by=make.BY, spread=empty, at=AT, on=BEFORE, seed="1")) == (
        "Cannot settle the order of Rỗng: it needs units and waves."
    )
    assert refusal(lambda: remove_wave(by=make.BY, spread=empty)) == "Cannot remove a wave of Rỗng: there is none."
    assert settle(FIRST, seed=SEED) == ("Cannot settle the order of Nhân rộng: its first wave began on 01/09/2020.")
    assert settle(BEFORE, seed=SEED) == "Cannot settle the order: the waves have 4 places for 5 units."
    remove_unit(by=make.BY, adoption=made.adoptions.earliest("pk"))
    assert settle(BEFORE, units=["x"]) == (
        "Cannot settle the order of Nhân rộng: the list has changed. Load the page again."
    )
    assert refusal(lambda: add_wave(by=make.BY, spread=made, starts_on=SECOND, capacity=1)) == (
        "Cannot add a wave from 01/11/2020: the one before it begins on 01/11/2020."
    )
    keys = list(made.adoptions.order_by("-pk").values_list("unit__key", flat=True))
    assert settle(BEFORE, units=keys) == "done"
    assert list(made.adoptions.order_by("place").values_list("unit__key", flat=True)) == keys
    with pytest.raises(DatabaseError, match="first wave has begun"), transaction.atomic():
        late = spread(make.unit("Khác", level=Level.PROVINCE))
        Spread.objects.filter(pk=late.pk).update(order="list", settled_at=AT.replace(month=12))


@pytest.mark.django_db
def test_a_unit_that_asked_for_help_or_was_checked_is_not_taken_out_and_one_that_left_takes_no_place(
    client: Client,
) -> None:
    made = spread(city())
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=made.unit))
    asking, checked, plain = made.adoptions.order_by("pk")
    ask_help(by=make.BY, adoption=asking, text="Chọn nhà mạng thế nào?", step="", at=AT)
    found = dict.fromkeys(STEPS, "as_written")
    check_fidelity(by=make.BY, adoption=checked, found=found, words="", day=BEFORE, at=AT, on=BEFORE)

    for adoption in (asking, checked):
        assert refusal(lambda adoption=adoption: remove_unit(by=make.BY, adoption=adoption)) == (
            "Cannot take the unit out of spread Nhân rộng: it asked for help or was checked, and that stays. "
            "Enter that it leaves."
        )
        assert client.post(f"/pilots/adoptions/{adoption.key}/remove/").status_code == 409
        assert "không có chỗ" in client.get(f"/pilots/adoptions/{adoption.key}/leave/").content.decode()
        leave_spread(by=make.BY, adoption=adoption, reason="Sáp nhập", on=BEFORE)
    settle_order(by=make.BY, spread=made, at=AT, on=BEFORE, seed=SEED)

    assert list(made.adoptions.order_by("pk").values_list("place", "wave__number")) == [
        (None, None),
        (None, None),
        (1, 1),
    ]
    assert Entry.objects.get(act="pilots.settle_order").about["order"] == [plain.unit.key]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_settle_at_once_one_does() -> None:
    made = spread(city())
    acts = [
        lambda seed=seed: settle_order(by=make.BY, spread=made, at=AT, on=BEFORE, seed=seed) for seed in ("1", "2")
    ]

    assert sorted(at_once(acts)) == ["Cannot change spread Nhân rộng: its order is settled.", "done"]
    assert Entry.objects.filter(act="pilots.settle_order").count() == 1


@pytest.mark.django_db
def test_candidates_stand_by_the_share_of_their_trained_people() -> None:
    office = city()
    few, many = make.unit("Ít", under=office), make.unit("Nhiều", under=office)
    trained = [make.person(at=few), make.person(at=many)]
    make.person(at=few)
    for who in trained:
        make.enrolment(make.training_class(make.programme(office)), who, unit=few, completed_at=AT)
    book = load_playbook(by=make.BY, unit=office, text=shipped()["vi-huong-2020.toml"], at=AT)
    made = begin_spread(by=make.BY, unit=office, version=book.version, name="Nhân rộng")
    add_units(by=make.BY, spread=made, units=[few], at=AT)

    rows = candidates(made, on=date(2020, 10, 1))
    assert [(row.placement.name, row.people, row.trained, row.inside) for row in rows] == [
        ("Nhiều", 1, 1, False),
        ("Ít", 2, 1, True),
    ]
    assert [row.trained for row in candidates(made, on=BEFORE.replace(day=1))] == [0, 0]


@pytest.mark.django_db
def test_the_readiest_candidates_stand_first_and_the_list_asks_as_often_for_one_as_for_three() -> None:
    counts = []
    for wards in (1, 3):
        office, placed = province(wards)
        held = campaign(office)
        for ready, ward in enumerate(placed, 1):
            answered(held, ward, a1="yes", a2=(str(ready), "4"))
        published(held)
        book = load_playbook(by=make.BY, unit=office, text=shipped()["vi-huong-2020.toml"], at=AT)
        made = begin_spread(by=make.BY, unit=office, version=book.version, name="Nhân rộng")
        with CaptureQueriesContext(connection) as asked:
            rows = candidates(made, on=date(2026, 6, 1))
        counts.append(len(asked))
        assert [row.placement.unit for row in rows] == placed[::-1]
        assert [row.ready.rank for row in rows if row.ready] == list(range(1, wards + 1))
    assert counts == [7, 7]


# ---- what units do


@pytest.mark.django_db
def test_a_step_is_done_on_a_day_of_its_wave_once_and_taken_back_with_a_reason() -> None:
    made = settled(city())
    one = made.adoptions.get(place=1)
    unplaced = spread(make.unit("Khác", level=Level.PROVINCE)).adoptions.earliest("pk")

    assert [
        done(one, "bay", SECOND),
        done(unplaced, "wifi", SECOND),
        done(one, "wifi", BEFORE),
        done(one, "wifi", SECOND),
        done(one, "wifi", SECOND),
    ] == [
        "Cannot enter step bay: the playbook has none of that code.",
        "Cannot enter “Wifi công cộng”: the order of the spread is not settled.",
        "Cannot enter “Wifi công cộng” for 03/08/2020: a day from 01/09/2020 to 31/12/2020 is needed.",
        "done",
        "Cannot enter “Wifi công cộng” twice: it is done.",
    ]
    line = one.steps.get()
    assert refusal(lambda: take_step_back(by=make.BY, done=line, reason=" ", at=AT)) == (
        "Cannot take the step back: say why."
    )
    take_step_back(by=make.BY, done=line, reason="Nhầm đơn vị", at=AT)
    assert refusal(lambda: take_step_back(by=make.BY, done=line, reason="x", at=AT)) == (
        "Cannot take the step back: that was done."
    )
    assert done(one, "wifi", SECOND) == "done"
    assert one.steps.count() == 2


@pytest.mark.django_db
def test_where_units_stand_follows_from_what_was_done_by_the_day() -> None:
    made = settled(city())
    first, second, third = made.adoptions.order_by("place")
    for number, step in enumerate(
        ["song-4g", "wifi", "kenh-lien-lac", "truyen-thanh", "thuong-mai", "kham-tu-xa"], 1
    ):
        done(first, step, date(2020, 9, number))
    leave_spread(by=make.BY, adoption=second, reason="Sáp nhập", on=date(2020, 10, 1))

    def states(on: date) -> dict[str, int]:
        return counted([adoption_now(row, on=on) for row in with_steps(made.adoptions.all())])

    assert states(BEFORE) == {"all": 0, "doing": 0, "begun": 0, "waiting": 3, "left": 0}
    assert states(date(2020, 9, 3)) == {"all": 0, "doing": 1, "begun": 1, "waiting": 1, "left": 0}
    assert states(SECOND) == {"all": 1, "doing": 0, "begun": 1, "waiting": 0, "left": 1}
    row = next(one for one in with_steps(made.adoptions.all()) if one.pk == first.pk)
    assert adoption_now(row, on=SECOND).finished_on == date(2020, 9, 6)
    assert adoption_now(row, on=date(2020, 9, 5)).finished_on is None
    assert refusal(lambda: leave_spread(by=make.BY, adoption=second, reason="x", on=SECOND)) == (
        "Cannot enter that the unit leaves: it left on 01/10/2020."
    )
    assert refusal(lambda: leave_spread(by=make.BY, adoption=third, reason="", on=SECOND)) == (
        "Cannot enter that the unit leaves: say why."
    )
    assert done(second, "wifi", SECOND) == "Cannot change what the unit has done: it left on 01/10/2020."
    assert made.adoptions.get(pk=second.pk).place == 2


@pytest.mark.django_db
def test_a_check_says_something_of_every_step_and_stays() -> None:
    made = settled(city())
    one = made.adoptions.get(place=1)
    found = dict.fromkeys(["song-4g", "wifi", "kenh-lien-lac", "truyen-thanh", "thuong-mai"], "as_written")

    def check(day: date = SECOND, **more: str) -> str:
        return refusal(
            lambda: check_fidelity(
                by=make.BY, adoption=one, found=found | more, words="", day=day, at=AT, on=date(2020, 11, 1)
            )
        )

    assert check() == "Cannot enter the check: nothing is said of “Khám, tư vấn bệnh từ xa”."
    more = {"kham-tu-xa": "left_out"}
    assert check(date(2020, 11, 2), **more) == "Cannot enter a check for 02/11/2020: that day has not come."
    assert check(**more) == "done"
    with pytest.raises(DatabaseError, match="it stays as it is"), transaction.atomic():
        one.checks.update(words="Khác")


@pytest.mark.django_db
def test_help_is_asked_of_the_others_and_given_once(client: Client) -> None:
    office = city()
    made = settled(office)
    asking, giving = made.adoptions.order_by("place")[:2]
    asked = ask_help(by=make.BY, adoption=asking, text="Chọn nhà mạng thế nào?", step="song-4g", at=AT)
    client.force_login(make.user(Role.UNIT_COORDINATOR, on=giving.unit))

    assert "Chọn nhà mạng thế nào?" in client.get(f"/pilots/spreads/{made.key}/help/").content.decode()
    sent = {"helper": giving.unit.key, "answer": "Hỏi huyện"}
    assert client.post(f"/pilots/help/{asked.key}/answer/", sent).status_code == 302
    asked.refresh_from_db()
    assert (asked.helper, asked.answer) == (giving.unit, "Hỏi huyện")
    assert refusal(lambda: give_help(by=make.BY, asked=asked, helper=giving.unit, answer="x", at=AT)) == (
        "Cannot answer: another unit has just answered. Load the page again."
    )
    other = ask_help(by=make.BY, adoption=asking, text="Còn wifi?", step="", at=AT)
    assert refusal(lambda: give_help(by=make.BY, asked=other, helper=giving.unit, answer=" ", at=AT)) == (
        "Cannot answer: the answer is empty."
    )
    assert refusal(lambda: ask_help(by=make.BY, adoption=asking, text="?", step="bay", at=AT)) == (
        "Cannot enter step bay: the playbook has none of that code."
    )
    stranger = Client()
    stranger.force_login(make.user(Role.UNIT_COORDINATOR, on=make.unit()))
    assert stranger.get(f"/pilots/spreads/{made.key}/help/").status_code == 404


# ---- mergers, and the page of a leader


@pytest.mark.django_db
def test_a_pilot_and_its_adoptions_outlive_the_merger_of_their_unit() -> None:
    office = city()
    old = make.unit("Vi Hương", under=office, kind="Xã", until=date(2025, 7, 1))
    heir = make.unit("Phủ Thông", under=office, kind="Xã", since=date(2025, 7, 1))
    merger = Succession.objects.create(day=date(2025, 7, 1), kind="merged", decision=make.decision())
    SuccessionLink.objects.create(succession=merger, forebear=old, heir=heir)
    fixed(old)
    book = load_playbook(by=make.BY, unit=office, text=shipped()["vi-huong-2020.toml"], at=AT)
    made = begin_spread(by=make.BY, unit=office, version=book.version, name="Nhân rộng")
    add_units(by=make.BY, spread=made, units=[old], at=AT)
    add_wave(by=make.BY, spread=made, starts_on=FIRST, capacity=1)
    settle_order(by=make.BY, spread=made, at=AT, on=BEFORE, seed=SEED)

    then, today = date(2020, 10, 5), date(2026, 1, 5)
    tried = {
        (unit.pk, on): trying(tops_of(unit, on=on), on=on)
        for unit, on in ((old, then), (office, then), (heir, today), (office, today))
    }
    assert [len(found.pilots) for found in tried.values()] == [1, 1, 1, 1]
    assert [len(adoptions_of(care_of_unit(unit.pk, on=today), on=today)) for unit in (heir, office)] == [1, 1]
    assert (stands_for([old.pk], on=then), stands_for([old.pk], on=today)) == ({old.pk: old.pk}, {old.pk: heir.pk})
    assert tried[office.pk, today].by_top == {heir.pk: Counts(adopting=1)}
    assert tried[office.pk, then].by_top == {old.pk: Counts(running=1, adopting=1)}


@pytest.mark.django_db
def test_what_a_leader_asks_costs_the_same_for_one_unit_as_for_many() -> None:
    office = city()
    made = settled(office, units=3)
    counts = []
    for unit in (made.adoptions.earliest("pk").unit, office):
        tops = tops_of(unit, on=SECOND)
        with CaptureQueriesContext(connection) as queries:
            found = trying(tops, on=SECOND)
        counts.append((len(queries), len(found.adoptions)))
    assert counts == [(1, 1), (1, 3)]


# ---- pages


@pytest.mark.django_db
def test_the_whole_way_of_a_spread_by_its_pages(client: Client) -> None:
    office = make.unit("Thử", level=Level.PROVINCE, kind="Thành phố")
    wards = [make.unit(under=office) for _ in range(2)]
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=office))
    text = {"unit": "Thành phố Thử", "text": shipped()["vi-huong-2020.toml"]}
    assert client.post("/pilots/playbooks/load/", text).status_code == 302
    book = client.get("/pilots/playbooks/").context["rows"][0]["playbook"]

    begin = {"unit": "Thành phố Thử", "playbook": book.key, "name": "Cả thành phố"}
    assert client.post("/pilots/spreads/new/", begin).status_code == 302
    made = Spread.objects.get()
    at = f"/pilots/spreads/{made.key}/"
    assert client.post(at + "units/", {"chosen": [ward.key for ward in wards]}).status_code == 302
    for day in ("2099-01-01", "2099-03-01"):
        assert client.post(at + "waves/new/", {"starts_on": day, "capacity": "1"}).status_code == 302
    assert client.post(at + "settle/", {"order": "drawn"}).status_code == 302
    made.refresh_from_db()
    assert (made.order, len(made.seed)) == ("drawn", 32)
    page = client.get(at).content.decode()
    assert page.count("lt-tile lt-tile--none") == 2
    assert made.seed in page
    one = made.adoptions.get(place=1)
    assert client.get(f"/pilots/adoptions/{one.key}/").status_code == 200
    assert client.post(f"/pilots/adoptions/{one.key}/step/", {"step": "wifi", "day": "2098-01-01"}).status_code == 200
    found = {f"step-{code}": "as_written" for code in
             ("song-4g", "wifi", "kenh-lien-lac", "truyen-thanh", "thuong-mai", "kham-tu-xa")}  # fmt: skip
    assert client.post(f"/pilots/adoptions/{one.key}/check/", found | {"day": "2020-01-01"}).status_code == 302
    assert client.post(f"/pilots/adoptions/{one.key}/ask/", {"text": "Giúp với"}).status_code == 302
    assert client.post(f"/pilots/adoptions/{one.key}/leave/", {"reason": "Sáp nhập"}).status_code == 302


@pytest.mark.django_db
def test_the_pages_of_a_spread_ask_as_often_for_one_unit_as_for_three(client: Client) -> None:
    counts = []
    for units in (1, 3):
        office = make.unit(level=Level.PROVINCE, kind="Tỉnh")
        client.force_login(make.user(Role.PROGRAMME_OFFICER, on=office))
        made = settled(office, units=units)
        for address in ("/pilots/spreads/", f"/pilots/spreads/{made.key}/", f"/pilots/spreads/{made.key}/units/"):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            counts.append(len(asked))
    assert counts == [12, 10, 10, 12, 10, 10]
