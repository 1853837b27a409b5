"""What docs/programme-file.md shows is true: its examples load, its table names every key, its messages are ours."""

import re
from pathlib import Path

import pytest

from lantoa.training.rules.plan import PlanFaults, read_plan, write_plan

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "programme-file.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_the_page_is_a_programme_file(example: str) -> None:
    plan = read_plan(example)
    assert read_plan(write_plan(plan)) == plan


def test_the_page_shows_a_small_and_a_full_file() -> None:
    small, full = map(read_plan, EXAMPLES)
    assert small.classes == ()
    assert [(one.code, len(one.meetings)) for one in full.classes] == [("Q9-1", 2), ("Q9-2", 8)]


def test_the_table_names_every_key_of_the_top() -> None:
    with pytest.raises(PlanFaults) as refused:
        read_plan("words")
    keys = str(refused.value.faults[0].values["keys"]).split(", ")
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.M) == keys


@pytest.mark.parametrize("said", ["is no day of the calendar.", 'There is no key "capacty" here. Is capacity meant?'])
def test_the_messages_of_the_page_are_those_of_the_reader(small: str, said: str) -> None:
    text = small.replace("from: 01/10/2020", "from: 31/02/2020").replace("capacity: 40", "capacty: 40")
    with pytest.raises(PlanFaults) as refused:
        read_plan(text)
    assert said in PAGE
    assert any(str(fault).endswith(said) for fault in refused.value.faults)
