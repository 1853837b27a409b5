"""A file of targets is read with the line of every fault, loaded once, and the ones that ship keep their evidence."""

from pathlib import Path
from typing import Any

import factories as make
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from lantoa.common.toml_lines import LinedFaults, read_toml
from lantoa.directory.models import Level
from lantoa.programmes.actions.target_files import shipped
from lantoa.programmes.models import Milestone, Target
from lantoa.programmes.rules.target_file import read_target_file

KINDS_SAID = "at_least, at_most, exactly, rank, yes_no, growth, reduction."
GOOD = """\
file = "lantoa-targets"
version = 1

[decision]
number = "1/QĐ-UBND"
date = 2020-07-03
issuer = "UBND"
title = "Chương trình"
owner = "Thành phố Một"

[[target]]
code = "A1"
pillar = "government"
name = "Hồ sơ trực tuyến"
measure = "%"
kind = "at_least"
roll_up = "ratio"
goals = [
  { year = 2025, value = 80.5, mark = "F", source = "báo" },
  { year = 2030, value = 100, mark = "K" },
]

[[target]]
code = "A2"
pillar = "society"
name = "Phổ cập"
measure = "đạt"
kind = "yes_no"
goals = [ { year = 2025, value = 1 } ]
retired_on = 2025-07-01
retired_reason = "Hết hiệu lực"
"""


def faults(text: str) -> list[str]:
    with pytest.raises(LinedFaults) as found:
        read_target_file(text.encode())
    return [f"{one.line}: {one.place}: {one.reason}" for one in found.value.faults]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "at_least"', 'kind = "more"',
         "16: target 1, kind: “more” is not known here; known are: " + KINDS_SAID),
        ("value = 80.5", "value = 'nhiều'", "19: target 1, goals 1, value: This must be a number."),
        ('mark = "K"', 'mark = "Z"', "20: target 1, goals 2, mark: “Z” is not known here; known are: V, F, K."),
        (', source = "báo"', "",
         "19: target 1, goals 1, source: A figure marked F names the source it was found in."),
        ("year = 2030", "year = 2025", "20: target 1, goals 2, year: The year 2025 has a milestone already."),
        ('code = "A2"', 'code = "A1"', "24: target 2, code: The code A1 stands in the file already."),
        ('pillar = "society"\n', "", "23: target 2, pillar: “pillar” is missing."),
        ('measure = "đạt"', 'measure = "đạt"\ncolour = "red"',
         "28: target 2, colour: “colour” is not known here; known are: code, pillar, field, name, name_en, "
         "definition, source, measure, kind, roll_up, every, low, high, jump, baseline, goals, goals_reason, "
         "retired_on, retired_reason."),
        ('retired_reason = "Hết hiệu lực"', "",
         "30: target 2, retired_on: A target is retired with a day and a reason."),
        ("version = 1", "version = 9",
         "1: file: This is no file of targets: it begins with file = “lantoa-targets” and version = 1."),
        ("date = 2020-07-03", 'date = "hôm qua"', "6: decision, date: This must be a day like 2020-06-03."),
        ("version = 1", "version = = 1", "2: : The file is no TOML: Invalid value."),
    ],
)  # fmt: skip
def test_every_fault_is_named_by_its_line_and_place(old: str, new: str, said: str) -> None:
    assert old in GOOD
    assert faults(GOOD.replace(old, new, 1)) == [said]


@given(st.text(max_size=300) | st.lists(st.sampled_from(GOOD.splitlines()), max_size=30).map("\n".join))
def test_a_strangers_file_is_read_or_refused_and_never_breaks_the_reader(text: str) -> None:
    try:
        read_target_file(text.encode())
    except LinedFaults as found:
        assert found.faults and all(one.line >= 1 and str(one.reason) for one in found.faults)


def test_numbers_are_exact_and_every_value_has_its_line() -> None:
    lined = read_toml(GOOD.encode())
    assert str(lined.values["target"][0]["goals"][0]["value"]) == "80.5"
    paths = (("decision", "owner"), ("target", 1, "kind"), ("target", 0, "goals", 1))
    assert [lined.line(*path) for path in paths] == [9, 28, 20]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "chi-tieu.toml"
    path.write_text(GOOD)
    return path


def load(path: Any, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    call_command("load_targets", str(path), *more)
    return capsys.readouterr().out.strip().splitlines()[-1]


@pytest.mark.django_db
def test_the_command_is_dry_then_loads_then_finds_nothing_to_do(
    file: Path, capsys: pytest.CaptureFixture[str], english: None
) -> None:
    city = make.unit("Một", kind="Thành phố", level=Level.PROVINCE)
    assert load(file, capsys) == (
        "chi-tieu.toml would be loaded: 2 targets new, 0 changed, 1 retired, 0 unchanged. "
        "Nothing was changed; add --apply to do it."
    )
    assert Target.objects.count() == 0
    assert load(file, capsys, "--apply") == (
        "chi-tieu.toml is loaded: 2 targets new, 0 changed, 1 retired, 0 unchanged."
    )
    assert load(file, capsys, "--apply") == "chi-tieu.toml: nothing changes, 2 targets stay as they are."
    first, second = Target.objects.order_by("code")
    assert (first.unit, first.decision and first.decision.number) == (city, "1/QĐ-UBND")
    assert [(one.year, one.mark, one.source) for one in first.milestones.order_by("year")] == [
        (2025, "F", "báo"),
        (2030, "K", ""),
    ]
    assert second.retired_reason == "Hết hiệu lực"
    changed = GOOD.replace("80.5", "81").split('[[target]]\ncode = "A2"')[0]
    file.write_text(changed)
    over = "Cannot change the milestone of target A1 for 2025, 80,5: the year is over. Say why."
    with pytest.raises(CommandError, match=over):
        call_command("load_targets", str(file), "--apply")
    file.write_text(changed.replace("goals = [", 'goals_reason = "Quyết định 12/QĐ điều chỉnh"\ngoals = ['))
    call_command("load_targets", str(file), "--apply")
    assert capsys.readouterr().out.splitlines() == [
        "~ A1 (milestones)",
        "? A2",
        "1 targets of this decision are not in the file; they stay.",
        "chi-tieu.toml is loaded: 0 targets new, 1 changed, 0 retired, 0 unchanged.",
    ]


@pytest.mark.django_db
def test_the_command_says_what_is_wrong_line_by_line(
    file: Path, capsys: pytest.CaptureFixture[str], english: None
) -> None:
    file.write_text(GOOD.replace('kind = "yes_no"', 'kind = "maybe"').replace('"A1"', '""'))
    with pytest.raises(CommandError, match=r"chi-tieu.toml cannot be loaded: 2 faults."):
        call_command("load_targets", str(file))
    lines = [line.removeprefix(str(file)) for line in capsys.readouterr().err.splitlines()]
    assert [line.split(": ")[:2] for line in lines] == [[":12", "target 1, code"], [":28", "target 2, kind"]]
    with pytest.raises(CommandError, match="Cannot read khong-co.toml"):
        call_command("load_targets", "khong-co.toml")
    file.write_text(GOOD)
    with pytest.raises(CommandError, match="There was no unit Thành phố Một on 03/07/2020."):
        call_command("load_targets", str(file))


@pytest.mark.django_db
def test_the_files_that_ship_load_and_every_figure_keeps_its_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    country = make.unit("Việt Nam", kind="Nước", level=Level.COUNTRY)
    make.unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE, under=country)
    assert list(shipped()) == ["2393-2020", "749-2020"]
    for name in ("749-2020", "2393-2020"):
        call_command("load_targets", name, "--apply")
    assert Target.objects.filter(code__startswith="749-").count() == 24
    assert Target.objects.filter(code__startswith="2393-").count() == 10
    assert set(Milestone.objects.values_list("mark", flat=True)) == {"F", "K"}
    assert not Milestone.objects.filter(mark="F", source="").exists()
    district = Target.objects.get(code="749-G2b")
    assert (str(district.retired_on), "cấp huyện" in district.retired_reason) == ("2025-07-01", True)
    ranks = Target.objects.filter(code__in=("749-E5", "749-S4")).order_by("code")
    assert ["Competitiveness" in ranks[0].name, "Cybersecurity" in ranks[1].name] == [True, True]
