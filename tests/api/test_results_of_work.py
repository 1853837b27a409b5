"""Targets and figures, published scores, pilots, playbooks and adoptions, as other systems read and report them."""

from datetime import date
from typing import Any

import factories
import pytest
from api.caller import System, system
from house.world import Corner, World
from pilots.made import AT, fixed, read

from lantoa.ledger.models import Entry
from lantoa.office.models import Notice
from lantoa.pilots.actions.playbooks import load_playbook
from lantoa.pilots.actions.spreads import add_units, begin_spread
from lantoa.pilots.queries.playbooks import shipped
from lantoa.programmes.models import Measurement

pytestmark = pytest.mark.django_db


# ---- targets


def test_targets_are_read_with_their_milestones_and_found_by_unit_pillar_words_and_day(
    hr: System, own: Corner, foreign: Corner
) -> None:
    one = factories.target(own.ward, {2025: 80, 2024: "70.5"}, code="HS-1", field=None)
    other = factories.target(own.ward, code="KT-1", pillar="economy", since=date(2024, 1, 1))
    assert foreign.target

    def found(query: str = "") -> list[str]:
        return [row["code"] for row in hr.read(f"targets{query}")["items"]]

    assert found() == ["HS-1", "KT-1"]
    assert found(f"?unit={own.ward.key}&pillar=economy") == ["KT-1"]
    assert found("?text=kt-1") == ["KT-1"]
    assert found("?on=2023-12-31") == ["HS-1"]
    row = hr.read(f"targets/{one.key}")
    assert row["milestones"] == [
        {"year": 2024, "value": "70.500000", "mark": ""},
        {"year": 2025, "value": "80.000000", "mark": ""},
    ]
    assert (row["unit"], row["kind"], row["measure"]) == (own.ward.key, "at_least", "%")
    assert hr.call("GET", f"targets?unit={foreign.ward.key}").status_code == 404
    assert hr.read(f"targets/{other.key}/measurements") == {"items": [], "next": None}


def test_a_figure_is_reported_in_the_name_of_the_token_and_waits_for_its_approval(hr: System, own: Corner) -> None:
    one = factories.target(own.ward)
    body = {"period": "2024", "value": "81.5", "document_number": "12/BC", "document_date": "2025-01-10"}

    answer = hr.add(f"targets/{one.key}/measurements", body)

    line = Measurement.objects.get()
    assert answer.json() == {"key": line.key, "added": 1}
    assert answer["Location"] == f"/api/v1/targets/{one.key}/measurements"
    (row,) = hr.read(f"targets/{one.key}/measurements")["items"]
    assert (row["value"], row["state"], row["first_day"], row["last_day"], row["document_number"]) == (
        "81.500000", "waiting", "2024-01-01", "2024-12-31", "12/BC",
    )  # fmt: skip
    entry = Entry.objects.get(act="programmes.report_figure")
    assert (entry.actor, entry.thing) == (hr.token.actor_key, f"programmes.measurement:{line.key}")
    assert Notice.objects.count() == 0


def test_the_same_checks_hold_as_on_the_page(hr: System, own: Corner) -> None:
    one = factories.target(own.ward, low=0, high=100)

    def refused(**body: str) -> tuple[int, str]:
        answer = hr.add(f"targets/{one.key}/measurements", body)
        return answer.status_code, answer.json()["detail"]

    assert refused(period="Q3/2024", value="5") == (
        409, f"Cannot report {one.code} for Q3/2024: it is measured over another period."
    )  # fmt: skip
    status, words = refused(period="2024", value="101")
    assert (status, words.startswith(f"Cannot report {one.code} for 2024: ")) == (409, True)
    assert hr.add(f"targets/{one.key}/measurements", {"period": "2024", "value": "50"}).status_code == 201
    assert refused(period="2024", value="51") == (
        409, f"Cannot correct {one.code} for 2024: a figure stands there; say why it changes."
    )  # fmt: skip
    corrected = {"period": "2024", "value": "51", "reason": "đếm lại"}
    assert hr.add(f"targets/{one.key}/measurements", corrected).status_code == 201
    assert [row["number"] for row in hr.read(f"targets/{one.key}/measurements")["items"]] == [1, 2]


def test_a_figure_has_a_value_or_both_its_parts(hr: System, own: Corner) -> None:
    one = factories.target(own.ward)

    answer = hr.add(f"targets/{one.key}/measurements", {"period": "2024", "part": "3"})

    assert (answer.status_code, answer.json()["errors"]) == (
        422, [{"pointer": "#/value", "detail": "A figure is a value, or a part and a whole."}]
    )  # fmt: skip


def test_to_report_takes_the_permission_to_report(world: World, own: Corner) -> None:
    reader = system(world.own_province, "programmes.view")

    answer = reader.add(f"targets/{own.target.key}/measurements", {"period": "2024", "value": "5"})

    assert (answer.status_code, Measurement.objects.count()) == (403, 0)


# ---- readiness


def test_scores_are_read_from_their_publication_on_with_their_version(hr: System, own: Corner) -> None:
    made, hidden = own.index_published, own.index_campaign

    rows = hr.read("readiness")["items"]

    assert [row["key"] for row in rows] == [made.key]
    assert (rows[0]["index"], rows[0]["sha256"]) == (made.version.code, made.version.sha256)
    assert hr.call("GET", f"readiness/{hidden.key}").status_code == 404
    assert hr.call("GET", f"readiness/{hidden.key}/results").status_code == 404
    assert [row["key"] for row in hr.read(f"readiness?year={made.year}&index={made.version.code}")["items"]] == [
        made.key
    ]
    results = hr.read(f"readiness/{made.key}/results")["items"]
    assert [row["unit"] for row in results] == [one.unit.key for one in made.results.order_by("pk")]
    assert {row["version"] for row in results} == {str(made.version)}


# ---- pilots


def test_a_pilot_is_read_as_it_stood_on_a_day(hr: System, own: Corner) -> None:
    made, of = fixed(own.ward)
    read(of, 20, date(2020, 10, 1))

    early, late = (hr.read(f"pilots/{made.key}?on={day}") for day in ("2020-09-15", "2020-11-02"))

    assert (early["stage"], [one["readings"] for one in early["measures"]]) == ("running", [[]])
    assert late["measures"][0]["baseline"] == {"on": "2020-08-03", "value": "40.00"}
    assert late["measures"][0]["readings"] == [{"on": "2020-10-01", "value": "20.00"}]
    assert late["gates"] == [{"on": "2020-11-01", "criterion": "Dưới 25 phút", "passed": None}]
    assert [row["key"] for row in hr.read("pilots?on=2020-11-02&stage=running")["items"]] == [made.key]
    assert hr.read("pilots?on=2020-11-02&stage=decided")["items"] == []


def test_playbooks_and_adoptions_are_read_by_their_office_and_by_the_units_in_them(
    world: World, hr: System, own: Corner, foreign: Corner
) -> None:
    text = shipped()["vi-huong-2020.toml"]
    book = load_playbook(by=factories.BY, unit=world.own_province, text=text, at=AT)
    made = begin_spread(by=factories.BY, unit=world.own_province, version=book.version, name="Nhân rộng")
    add_units(by=factories.BY, spread=made, units=[own.ward], at=AT)
    ward = system(own.ward)

    for reader in (hr, ward):
        assert reader.read(f"playbooks/{book.playbook.key}")["text"] == text
        (row,) = reader.read(f"adoptions?playbook={book.playbook.key}")["items"]
        assert (row["unit"], row["office"], row["state"]) == (own.ward.key, world.own_province.key, "waiting")
        assert [step["done_on"] for step in row["steps"]] == [None] * 6
    assert system(foreign.ward).read("playbooks")["items"] == []


LISTS = {"targets": 5, "pilots": 6, "playbooks": 5, "adoptions": 6, "readiness": 4}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_the_same_queries_for_one_and_for_three(
    path: str, count: int, world: World, hr: System, django_assert_num_queries: Any
) -> None:
    for _turn in range(count):
        made = Corner(factories.unit(under=world.own_province, level="district", kind="Quận"))
        assert made.target and made.pilot and made.playbook and made.adoption and made.index_published
    with django_assert_num_queries(LISTS[path]):
        assert len(hr.read(path)["items"]) == count
