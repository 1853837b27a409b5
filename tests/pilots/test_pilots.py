"""A pilot: measured before it starts, gates written beforehand, values never rewritten, one decision at the end."""

from datetime import date
from decimal import Decimal

import factories as make
import pytest
from at_once import at_once, meanwhile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pilots.made import AT, BEFORE, FIRST, LAST, fixed, measure, pilot, read, refusal

from lantoa.directory.models import Decision, Role, period_of
from lantoa.ledger.models import Entry
from lantoa.pilots.actions.measuring import correct_reading, decide_gate, enter_reading, remove_gate, write_gate
from lantoa.pilots.actions.pilots import change_pilot, decide_pilot, fix_plan, remove_measure
from lantoa.pilots.models import Gate, Measure, Pilot, Reading
from lantoa.pilots.queries.pilots import PilotNow, find_pilots, pilot_now, with_all
from lantoa.pilots.rules.windows import STAGES
from lantoa.programmes.models import Field

GATE = date(2020, 11, 1)


def now(of: Pilot, on: date) -> PilotNow:
    return pilot_now(with_all(Pilot.objects.filter(pk=of.pk)).get(), on=on)


def write(of: Pilot, day: date, on: date, **more: object) -> Gate:
    return write_gate(by=make.BY, pilot=of, day=day, criterion="Dưới 20 phút", on=on, **more)  # type: ignore[arg-type]


# ---- before it starts


@pytest.mark.django_db
def test_the_database_refuses_a_window_that_is_too_short_or_too_long() -> None:
    made = pilot()

    for last in (date(2020, 11, 30), date(2021, 3, 2)):
        with pytest.raises(IntegrityError, match="three_to_six_months"), transaction.atomic():
            Pilot.objects.filter(pk=made.pk).update(period=period_of(FIRST, last))
    assert refusal(lambda: pilot(code="td-1")) == "Cannot plan pilot td-1: a pilot has this code already."


@pytest.mark.django_db
def test_a_plan_is_fixed_only_with_measures_baselines_and_gates() -> None:
    made = pilot()

    def fix() -> str:
        return refusal(lambda: fix_plan(by=make.BY, pilot=made, at=AT, on=BEFORE))

    assert fix() == "Cannot fix the plan of pilot Thử khai một lần: nothing is measured in it."
    of = measure(made)
    assert fix() == (
        "Cannot fix the plan of pilot Thử khai một lần: no baseline from before 01/09/2020 for: Số phút chờ."
    )
    with pytest.raises(DatabaseError, match="is missing"), transaction.atomic():
        Pilot.objects.filter(pk=made.pk).update(fixed_at=AT, fixed_by="x")
    read(of, 40, BEFORE, baseline=True)
    assert fix() == "Cannot fix the plan of pilot Thử khai một lần: it has no gate."
    write(made, GATE, BEFORE)
    assert refusal(lambda: fix_plan(by=make.BY, pilot=made, at=AT, on=date(2021, 1, 1))) == (
        "Cannot fix the plan of pilot Thử khai một lần: its last day was 31/12/2020."
    )
    assert fix() == "done"
    assert fix() == "Cannot change pilot Thử khai một lần: its plan is fixed."


@pytest.mark.django_db
def test_a_plan_is_fixed_before_half_of_its_time_is_over_and_a_late_one_says_so(client: Client) -> None:
    made = pilot()
    read(measure(made), 40, BEFORE, baseline=True)
    write(made, LAST, BEFORE)

    def fix(on: date) -> str:
        at = AT.replace(month=on.month, day=on.day)
        return refusal(lambda: fix_plan(by=make.BY, pilot=made, at=at, on=on))

    assert fix(date(2020, 11, 1)) == (
        "Cannot fix the plan of pilot Thử khai một lần: half of its time was over on 01/11/2020. "
        "Change its days first."
    )
    assert fix(date(2020, 10, 31)) == "done"
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=made.unit))
    words = "Kế hoạch được chốt ngày 31/10/2020, 60 ngày sau khi thí điểm bắt đầu."
    pages = [client.get(f"/pilots/{made.key}/?on={on}").content.decode() for on in ("2020-10-30", "2020-10-31")]
    assert [words in page for page in pages] == [False, True]


@pytest.mark.django_db
def test_a_plan_that_is_fixed_in_time_says_nothing_of_it(client: Client) -> None:
    made, _of = fixed()
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=made.unit))

    assert client.get(f"/pilots/{made.key}/").context["fixed_late"] == 0


@pytest.mark.django_db
def test_gates_stand_in_the_window_or_soon_after_it() -> None:
    made = pilot()
    read(measure(made), 40, BEFORE, baseline=True)

    assert refusal(lambda: write(made, date(2021, 3, 2), BEFORE)) == (
        "Cannot write a gate for 02/03/2021: the gates of pilot Thử khai một lần stand at the latest on 01/03/2021."
    )
    gate = write(made, date(2021, 3, 1), BEFORE)

    def change(first: date, last: date) -> str:
        return refusal(lambda: change_pilot(by=make.BY, pilot=made, first=first, last=last, fields=[]))

    assert change(FIRST, date(2020, 12, 30)) == (
        "Cannot let pilot Thử khai một lần run from 01/09/2020 to 30/12/2020: its gate of 01/03/2021 stands outside, "
        "at the latest it stands on 28/02/2021. Change or remove it first."
    )
    gate = write(made, GATE, BEFORE, replaces=gate)
    assert change(date(2020, 11, 2), date(2021, 3, 1)) == (
        "Cannot let pilot Thử khai một lần run from 02/11/2020 to 01/03/2021: its gate of 01/11/2020 stands outside, "
        "at the latest it stands on 30/04/2021. Change or remove it first."
    )
    Pilot.objects.filter(pk=made.pk).update(period=period_of(date(2020, 11, 2), date(2021, 3, 2)))
    assert refusal(lambda: fix_plan(by=make.BY, pilot=made, at=AT, on=BEFORE)) == (
        "Cannot let pilot Thử khai một lần run from 02/11/2020 to 01/03/2021: its gate of 01/11/2020 stands outside, "
        "at the latest it stands on 30/04/2021. Change or remove it first."
    )


@pytest.mark.django_db
def test_a_gate_is_removed_from_a_plan_that_is_not_fixed_with_what_it_said_before(client: Client) -> None:
    made, _of = fixed()
    assert refusal(lambda: remove_gate(by=make.BY, gate=made.gates.get())) == (
        "Cannot change pilot Thử khai một lần: its plan is fixed."
    )
    draft = pilot(made.unit, code="td-2")
    first = write(draft, GATE, BEFORE)
    later = write(draft, date(2020, 11, 15), BEFORE, replaces=first)
    assert refusal(lambda: remove_gate(by=make.BY, gate=first)) == (
        "Cannot remove the gate of 01/11/2020: another has taken its place."
    )
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=made.unit))

    assert f"/pilots/gates/{later.key}/remove/" in client.get(f"/pilots/{draft.key}/").content.decode()
    assert client.post(f"/pilots/gates/{later.key}/remove/").status_code == 302
    assert draft.gates.count() == 0
    assert Entry.objects.get(act="pilots.remove_gate").about == {"gate": later.key, "day": "2020-11-15"}


@pytest.mark.django_db
def test_a_baseline_is_measured_before_the_first_day() -> None:
    made = pilot()
    of = measure(made)

    assert refusal(lambda: read(of, 40, FIRST, baseline=True)) == (
        "Cannot enter a baseline of 01/09/2020: it is measured before the pilot starts on 01/09/2020."
    )
    with pytest.raises(DatabaseError, match="before the pilot starts"), transaction.atomic():
        Reading.objects.create(measure=of, baseline=True, on=FIRST, value=1, recorded_at=AT, recorded_by="x")
    read(of, 40, BEFORE, baseline=True)
    assert refusal(lambda: read(of, 41, date(2020, 8, 4), baseline=True)) == (
        "Cannot enter a second baseline of “Số phút chờ”. Correct the one that stands."
    )
    assert refusal(lambda: change_pilot(by=make.BY, pilot=made, first=BEFORE, last=date(2020, 12, 1), fields=[])) == (
        "Cannot let pilot Thử khai một lần start on 03/08/2020: its baseline was measured on 03/08/2020, not before."
    )


@pytest.mark.django_db
def test_a_fixed_plan_stays() -> None:
    made, of = fixed()

    assert refusal(lambda: change_pilot(by=make.BY, pilot=made, first=FIRST, last=LAST, fields=[])) == (
        "Cannot change pilot Thử khai một lần: its plan is fixed."
    )
    assert refusal(lambda: measure(made, "Khác")) == "Cannot change pilot Thử khai một lần: its plan is fixed."
    assert refusal(lambda: remove_measure(by=make.BY, measure=of)) == (
        "Cannot change pilot Thử khai một lần: its plan is fixed."
    )
    assert refusal(lambda: read(of, 1, date(2020, 8, 5), baseline=True)) == (
        "Cannot change pilot Thử khai một lần: its plan is fixed."
    )
    for change in ({"hypothesis": "Khác"}, {"fixed_at": None}, {"period": period_of(FIRST, date(2021, 2, 1))}):
        with pytest.raises(DatabaseError, match="it is fixed"), transaction.atomic():
            Pilot.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(DatabaseError, match="its plan is fixed"), transaction.atomic():
        Measure.objects.filter(pk=of.pk).update(name="Khác")


@pytest.mark.django_db
def test_a_measure_stands_once_and_leaves_an_open_plan_with_its_baseline() -> None:
    made = pilot()
    of = measure(made)
    read(of, 40, BEFORE, baseline=True)

    assert refusal(lambda: measure(made)) == "Cannot measure “Số phút chờ” twice in pilot Thử khai một lần."
    gate = write(made, GATE, BEFORE, measure=of, bound=Decimal(20))
    assert (
        refusal(lambda: remove_measure(by=make.BY, measure=of)) == "Cannot remove “Số phút chờ”: a gate asks for it."
    )
    gate.delete()
    remove_measure(by=make.BY, measure=of)
    assert (Measure.objects.count(), Reading.objects.count()) == (0, 0)


# ---- while it runs


@pytest.mark.django_db
def test_values_are_entered_for_days_of_the_pilot_that_have_come() -> None:
    made, of = fixed()
    unplanned = measure(pilot(code="td-2"))

    assert refusal(lambda: read(of, 30, date(2020, 8, 31))) == (
        "Cannot enter a value of pilot Thử khai một lần for 31/08/2020: it starts on 01/09/2020."
    )
    assert refusal(
        lambda: enter_reading(
            by=make.BY, measure=of, value=Decimal(3), day=date(2020, 10, 2), how="", at=AT, on=date(2020, 10, 1)
        )
    ) == ("Cannot enter a value of pilot Thử khai một lần for 02/10/2020: that day has not come.")
    assert refusal(lambda: read(unplanned, 30, date(2020, 10, 1))) == (
        "Cannot enter a value of pilot Thử khai một lần: its plan is not fixed."
    )
    read(of, 30, date(2020, 10, 1))
    assert refusal(lambda: read(of, 31, date(2020, 10, 1))) == (
        "Cannot enter “Số phút chờ” for 01/10/2020: a value stands there. Correct that one."
    )
    line = Entry.objects.filter(act="pilots.enter_reading").latest("pk")
    assert line.about == {"measure": of.key, "day": "2020-10-01", "value": "30", "baseline": False}
    assert made.key in line.thing


@pytest.mark.django_db
def test_a_corrected_value_stands_beside_the_first_one() -> None:
    made, of = fixed()
    first = read(of, 30, date(2020, 10, 1))
    correct_reading(by=make.BY, reading=first, value=Decimal(33), reason="Cộng nhầm", at=AT)

    assert [one.value for one in now(made, date(2020, 10, 2)).measures[0].readings] == [33]
    assert of.readings.filter(baseline=False).count() == 2
    assert refusal(lambda: correct_reading(by=make.BY, reading=first, value=Decimal(3), reason="x", at=AT)) == (
        "Cannot correct “Số phút chờ” of 01/10/2020: somebody has just corrected it. Load the page again."
    )
    assert refusal(lambda: correct_reading(by=make.BY, reading=first, value=Decimal(3), reason=" ", at=AT)) == (
        "Cannot correct “Số phút chờ”: say why."
    )
    for act in (lambda: Reading.objects.update(value=1), lambda: of.readings.latest("pk").delete()):
        with pytest.raises(DatabaseError, match="it stays as it is"), transaction.atomic():
            act()
    with pytest.raises(DatabaseError, match="of another measure or day"), transaction.atomic():
        Reading.objects.create(
            measure=of,
            on=LAST,
            value=1,
            corrects=of.readings.latest("pk"),
            reason="x",
            recorded_at=AT,
            recorded_by="x",
        )


@pytest.mark.django_db
def test_a_baseline_that_was_corrected_after_the_plan_was_fixed_says_so_beside_its_measure(client: Client) -> None:
    made = pilot()
    of = measure(made)
    first = read(of, 41, BEFORE, baseline=True)
    early = AT.replace(day=2)
    second = correct_reading(by=make.BY, reading=first, value=Decimal(40), reason="Đếm lại", at=early)
    write(made, GATE, BEFORE)
    fix_plan(by=make.BY, pilot=made, at=AT, on=BEFORE)
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=made.unit))

    def said() -> list[str]:
        corrected: list[str] = client.get(f"/pilots/{made.key}/").context["measures"][0]["corrected"]
        return corrected

    assert said() == []
    october = AT.replace(month=10, day=5)
    correct_reading(by=make.BY, reading=second, value=Decimal(1), reason="Cộng nhầm", at=october)
    assert said() == ["Số đo ban đầu được đính chính ngày 05/10/2020 từ 40 phút thành 1 phút: Cộng nhầm"]
    assert said()[0] in client.get(f"/pilots/{made.key}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_who_enter_the_same_day_at_once_enter_it_once() -> None:
    _made, of = fixed()

    assert sorted(at_once([lambda: read(of, 30, date(2020, 10, 1)), lambda: read(of, 31, date(2020, 10, 1))])) == [
        "Cannot enter “Số phút chờ” for 01/10/2020: a value stands there. Correct that one.",
        "done",
    ]


@pytest.mark.django_db
def test_a_gate_is_written_and_changed_before_its_day_only() -> None:
    made, _of = fixed()
    gate = made.gates.get()

    assert refusal(lambda: write(made, GATE, GATE)) == (
        "Cannot write a gate for 01/11/2020: its criterion is written before its day has come."
    )
    assert refusal(lambda: write(made, date(2020, 8, 20), BEFORE)) == (
        "Cannot write a gate for 20/08/2020: pilot Thử khai một lần starts on 01/09/2020."
    )
    assert refusal(lambda: write(made, GATE, BEFORE, bound=Decimal(1))) == (
        "Cannot write the gate of 01/11/2020: a bound belongs to a measure."
    )
    later = write(made, date(2020, 11, 15), date(2020, 10, 1), replaces=gate)
    assert [one.gate for one in now(made, date(2020, 10, 2)).gates] == [later]
    assert refusal(lambda: write(made, date(2020, 12, 1), date(2020, 11, 15), replaces=later)) == (
        "Cannot change the gate of 15/11/2020: its day has come, and its criterion stays as it was written."
    )
    with pytest.raises(DatabaseError, match="its day has come"), transaction.atomic():
        Gate.objects.create(
            pilot=made, on=LAST, criterion="Dễ hơn", written_on=date(2020, 11, 15), written_by="x", replaces=later
        )
    with pytest.raises(DatabaseError, match="stays as it was written"), transaction.atomic():
        Gate.objects.filter(pk=later.pk).update(criterion="Dễ hơn")
    with pytest.raises(DatabaseError, match="plan of its pilot is fixed"), transaction.atomic():
        later.delete()


@pytest.mark.django_db
def test_a_gate_is_decided_once_from_its_day_on() -> None:
    made, _of = fixed()
    gate = made.gates.get()

    def decide(on: date, words: str = "22 phút", one: Gate = gate) -> str:
        return refusal(lambda: decide_gate(by=make.BY, gate=one, passed=True, words=words, on=on))

    draft = write(pilot(code="td-2"), GATE, BEFORE)
    assert [decide(date(2020, 10, 31)), decide(GATE, " "), decide(GATE, one=draft), decide(GATE), decide(GATE)] == [
        "Cannot decide on the gate of 01/11/2020 before its day.",
        "Cannot decide on the gate of 01/11/2020: say what was seen.",
        "Cannot decide on a gate of pilot Thử khai một lần: its plan is not fixed.",
        "done",
        "Cannot decide on the gate of 01/11/2020: that was done.",
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_a_gate_at_once_the_second_is_told() -> None:
    made, _of = fixed()
    gate = made.gates.get()
    came = meanwhile(
        lambda: write(made, date(2020, 11, 10), BEFORE, replaces=gate),
        lambda: write(made, date(2020, 11, 20), BEFORE, replaces=gate),
    )

    assert came == "Cannot change the gate of 20/11/2020: somebody has just changed it. Load the page again."


# ---- what a chair sees


@pytest.mark.django_db
def test_it_says_who_is_late_with_what() -> None:
    made, of = fixed()
    read(of, 30, date(2020, 9, 30))

    early, late, over = (now(made, on) for on in (date(2020, 10, 1), date(2020, 11, 5), date(2021, 1, 10)))
    assert [one.stage for one in (early, late, over)] == ["running", "running", "undecided"]
    assert [one.late for one in (early, late, over)] == [0, 2, 3]
    assert (late.measures[0].due, late.measures[0].came, late.measures[0].reached) == (
        date(2020, 10, 30),
        "better",
        False,
    )
    gate = late.next_gate
    assert gate is not None
    assert (gate.value, gate.holds, gate.late) == (30, False, True)
    assert now(made, BEFORE).measures[0].baseline is not None
    assert now(made, date(2020, 8, 1)).stage == "planned"


@pytest.mark.django_db
def test_every_pilot_stands_in_one_stage_on_any_day() -> None:
    made, _of = fixed()
    decide_pilot(by=make.BY, pilot=made, outcome="stop", reason="Không dùng", on=date(2020, 12, 1))
    pilot(code="td-2")

    for on in (date(2020, 8, 2), BEFORE, date(2020, 8, 20), FIRST, date(2020, 11, 30), date(2020, 12, 1)):
        rows = {show: list(find_pilots(Pilot.objects.all(), show=show, on=on)) for show in STAGES}
        assert sum(len(found) for found in rows.values()) == 2
        assert made in rows[now(made, on).stage]


# ---- the end


@pytest.mark.django_db
def test_it_goes_on_only_after_its_end_when_all_was_looked_at() -> None:
    made, of = fixed()

    def decide(on: date = LAST, outcome: str = "spread", reason: str = "Nhanh hơn", one: Pilot = made) -> str:
        return refusal(lambda: decide_pilot(by=make.BY, pilot=one, outcome=outcome, reason=reason, on=on))

    assert decide(one=pilot(code="td-2")) == "Cannot decide on pilot Thử khai một lần: its plan is not fixed."
    assert decide(reason=" ") == "Cannot decide on pilot Thử khai một lần: say what the decision rests on."
    assert decide(on=date(2020, 12, 30)) == (
        "Cannot decide to go on with pilot Thử khai một lần before its last day, 31/12/2020. It can be stopped."
    )
    assert decide() == "Cannot decide to go on with pilot Thử khai một lần: 1 gates are not decided."
    decide_gate(by=make.BY, gate=made.gates.get(), passed=True, words="22 phút", on=GATE)
    assert decide() == (
        "Cannot decide to go on with pilot Thử khai một lần: never measured since it started: Số phút chờ."
    )
    read(of, 20, date(2020, 12, 30))
    assert decide() == "done"
    assert decide(outcome="stop") == "Cannot decide on pilot Thử khai một lần: that was done on 31/12/2020."
    assert refusal(lambda: read(of, 1, LAST)) == (
        "Cannot enter a value of pilot Thử khai một lần: it is decided upon."
    )
    assert refusal(lambda: write(made, date(2021, 2, 1), LAST)) == (
        "Cannot write a gate of pilot Thử khai một lần: it is decided upon."
    )
    with pytest.raises(DatabaseError, match="it stays as it is"), transaction.atomic():
        Pilot.objects.filter(pk=made.pk).update(outcome="stop")


@pytest.mark.django_db
def test_it_can_be_stopped_on_any_day() -> None:
    made, _of = fixed()

    decide_pilot(by=make.BY, pilot=made, outcome="stop", reason="Hết kinh phí", on=date(2020, 10, 1))
    assert now(made, date(2020, 10, 1)).stage == "decided"
    assert Entry.objects.filter(act="pilots.decide_pilot").get().about == {"outcome": "stop", "decision": ""}


# ---- pages


@pytest.mark.django_db
def test_the_whole_life_of_a_pilot_by_its_pages(client: Client) -> None:
    Field.objects.get_or_create(code="y-te", defaults={"name_vi": "Y tế", "name_en": "Health"})
    ward = make.unit("Một")
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=ward))
    plan = {
        "code": "td-9",
        "name": "Thử",
        "unit": "Phường Một",
        "problem": "Chờ lâu",
        "hypothesis": "Nhanh hơn",
        "first": "2099-01-01",
        "last": "2099-04-30",
        "fields_of_work": ["y-te"],
    }

    assert client.post("/pilots/new/", plan | {"last": "2099-02-01"}).status_code == 200
    assert client.post("/pilots/new/", plan).status_code == 302
    made = Pilot.objects.get()
    at = f"/pilots/{made.key}/"
    assert client.post(at + "change/", plan | {"name": "Thử khác"}).status_code == 302
    sent = {"name": "Số phút", "counted_in": "phút", "direction": "down", "every": "30", "goal": "15"}
    assert client.post(at + "measures/new/", sent).status_code == 302
    of = made.measures.get()
    first = {"value": "40,5", "day": "2020-01-05", "how": "Đếm"}
    assert client.post(f"/pilots/measures/{of.key}/value/", first).status_code == 302
    gate = {"day": "2099-02-15", "criterion": "Dưới 20 phút", "measure": of.key, "bound": "20"}
    assert client.post(at + "gates/new/", gate).status_code == 302
    assert (
        client.post(f"/pilots/gates/{made.gates.get().key}/change/", gate | {"day": "2099-03-01"}).status_code == 302
    )
    assert client.post(at + "fix/").status_code == 302
    page = client.get(at).content.decode()
    assert "40,5 phút" in page
    assert "đã chốt, chưa bắt đầu" in page
    stop = {"outcome": "stop", "reason": "Không còn cần", "number": "12/QĐ-UBND"}
    assert client.post(at + "decide/", stop).status_code == 200
    whole = stop | {"issued_on": "2026-01-05", "issuer": "UBND phường Một", "title": "Dừng thí điểm"}
    assert client.post(at + "decide/", whole).status_code == 302
    assert "12/QĐ-UBND" in client.get(at).content.decode()
    made.refresh_from_db()
    assert (made.name, made.outcome) == ("Thử khác", "stop")


@pytest.mark.django_db
def test_a_decision_on_a_pilot_that_is_refused_leaves_no_legal_act_behind(client: Client) -> None:
    made, _of = fixed()
    decide_pilot(by=make.BY, pilot=made, outcome="stop", reason="Hết kinh phí", on=date(2020, 10, 1))
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=made.unit))
    sent = {"outcome": "stop", "reason": "Hết kinh phí", "number": "77/QĐ-UBND", "issued_on": "2020-10-05",
            "issuer": "UBND phường", "title": "Dừng"}  # fmt: skip

    assert client.post(f"/pilots/{made.key}/decide/", sent).status_code == 200
    assert not Decision.objects.filter(number="77/QĐ-UBND").exists()


@pytest.mark.django_db
def test_the_list_and_the_page_ask_as_often_for_one_as_for_three(client: Client) -> None:
    unit = make.unit()
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=unit))
    made, of = fixed(unit)
    counts = []
    for _more in range(2):
        for address in ("/pilots/?on=2020-10-05", f"/pilots/{made.key}/?on=2020-12-05"):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            counts.append(len(asked))
        if not made.gates.filter(on=LAST).exists():
            for more in ("a", "b"):
                fixed(unit, code=f"td-{more}")
            read(of, 30, date(2020, 10, 5))
            read(of, 20, date(2020, 11, 5))
            write(made, LAST, BEFORE)
            write(made, date(2020, 12, 15), BEFORE)
    assert counts == [13, 16, 13, 16]


@pytest.mark.django_db
def test_a_unit_without_the_right_to_plan_enters_values_only(client: Client) -> None:
    ward = make.unit()
    client.force_login(make.user(Role.UNIT_COORDINATOR, on=ward))
    made, of = fixed(ward)

    sent = {"value": "30", "day": "2020-10-01"}
    assert client.post(f"/pilots/measures/{of.key}/value/", sent).status_code == 302
    assert client.get(f"/pilots/{made.key}/decide/").status_code == 404
    assert client.post(f"/pilots/{made.key}/fix/").status_code == 404
    assert made.measures.get().readings.count() == 2
