"""What stands behind a programme is in its file: acts come in, change, go out, and are refused with their lines."""

from datetime import date

import pytest
from training.plan.test_reading import faults
from training.plan.words import load

from lantoa.directory.models import Unit
from lantoa.programmes.models import ActRelation, LegalAct, Programme
from lantoa.programmes.queries.budget import budget_of
from lantoa.training.actions.plan import export_plan
from lantoa.training.rules.plan import read_plan, write_plan

pytestmark = pytest.mark.django_db
ACTS = """\
acts:
  - {number: 749/QĐ-TTg, date: 03/06/2020, issuer: Thủ tướng, title: Chương trình quốc gia, kind: decision, mark: F}
  - {number: 2393/QĐ-UBND, date: 03/07/2020, issuer: UBND Thành phố, title: Phê duyệt Chương trình, kind: decision,
     amends: [749/QĐ-TTg]}
agencies:
"""


def with_acts(small: str, acts: str = ACTS) -> str:
    return small.replace("agencies:\n", acts)


def test_the_acts_of_a_file_come_in_and_go_out_unchanged(district: Unit, small: str) -> None:
    text = with_acts(small)
    load(text)
    programme = Programme.objects.get()
    assert [one.decision.number for one in programme.acts.order_by("pk")] == ["749/QĐ-TTg", "2393/QĐ-UBND"]
    assert LegalAct.objects.get(decision=programme.decision).kind == "decision"
    written = write_plan(export_plan(programme))
    assert read_plan(written).acts == read_plan(text).acts
    assert load(written).changes == []
    assert load(text).changes == []


def test_a_changed_act_changes_the_programme_and_a_file_without_acts_leaves_them(district: Unit, small: str) -> None:
    load(with_acts(small))
    changes = load(with_acts(small, ACTS.replace("amends:", "replaces:").replace("mark: F", "mark: V"))).changes
    assert [(one.kind, one.fields) for one in changes] == [("programme", ("acts",))]
    assert ActRelation.objects.get().way == "replaces"
    assert load(small).changes == []
    fewer = "".join(line + "\n" for line in ACTS.splitlines() if "2393" not in line and "amends" not in line)
    load(with_acts(small, fewer))
    assert [one.decision.number for one in Programme.objects.get().acts.all()] == ["749/QĐ-TTg"]
    assert LegalAct.objects.count() == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: decision, mark", "kind: poem, mark", 'line 12, column 99: acts[1].kind: "poem" is not one of: law, resolution, decree, decision, circular, directive, plan, letter, other.'),  # noqa: E501
        ("amends: [749/QĐ-TTg]", "amends: [750/QĐ-TTg]", 'line 14, column 14: acts[2].amends: The file has no other act "750/QĐ-TTg". Add it to the acts, or leave it out here.'),  # noqa: E501
        ("amends: [749/QĐ-TTg]", "until: 01/07/2020", "line 14, column 13: acts[2].until: The act ends before it is in force on 03/07/2020."),  # noqa: E501
        ("date: 03/06/2020", "date: 03/08/2020", 'line 14, column 14: acts[2].amends: The act "749/QĐ-TTg" is younger than this one.'),  # noqa: E501
        ("number: 749/QĐ-TTg", "number: 2393/QĐ-UBND", 'line 13, column 14: acts[2].number: The act "2393/QĐ-UBND" stands here twice.'),  # noqa: E501
    ],
)  # fmt: skip
def test_what_is_wrong_in_acts_is_told_with_its_line(small: str, old: str, new: str, said: str) -> None:
    assert said in faults(with_acts(small, ACTS.replace(old, new, 1)))


BUDGET = """\
budget:
  - {year: 2020, source: local, purpose: Tổ chức lớp, planned: 480.000.000}
  - {year: 2020, source: in_kind, partner: Khu Công nghệ phần mềm, currency: USD, amount: 1000.5, rate: 23200}
agencies:
"""


def test_the_plan_of_the_budget_comes_in_and_goes_out_unchanged(district: Unit, small: str) -> None:
    text = with_acts(small, BUDGET)
    load(text)
    programme = Programme.objects.get()
    assert budget_of(programme, on=date(2020, 12, 1)).total == {"planned": 480_000_000 + 23_211_600}
    written = write_plan(export_plan(programme))
    assert read_plan(written).budget == read_plan(text).budget
    assert load(written).changes == []
    changes = load(with_acts(small, BUDGET.replace("480.000.000", "500000000"))).changes
    assert [(one.kind, one.fields) for one in changes] == [("programme", ("budget",))]
    assert budget_of(programme, on=date(2020, 12, 1)).total == {"planned": 500_000_000 + 23_211_600}
    assert load(small).changes == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("planned: 480.000.000", "planned: 480.5", 'acts'),
        ("source: local", "source: moon", '"moon" is not one of: central, local, oda, in_kind, own, other.'),
        ("currency: USD", "currency: usd", '"usd" is no currency: three capital letters, as in USD.'),
        ("year: 2020, source: local", "year: 2031, source: local", "Cannot add the budget line: 2031 is no year of the programme (from 2020 to 2020)."),  # noqa: E501
        ("partner: Khu Công nghệ phần mềm", "partner: Ai", "Cannot add the budget line: Ai is no partner of the programme."),  # noqa: E501
        (", rate: 23200", "", "Cannot enter the amount: currency, amount in it and rate belong together."),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_budget_is_told_with_its_line(small: str, old: str, new: str, said: str) -> None:
    found = faults(with_acts(small, BUDGET.replace(old, new, 1)))
    if said == "acts":
        said = 'budget[1].planned: "480.5" is no amount in whole đồng.'
    assert [one.partition(",")[0] in ("line 12", "line 13") and one.endswith(said) for one in found] == [True]
