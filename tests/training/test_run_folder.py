"""`lantoa run` on a folder with faults: they are told before anything is loaded, all at once."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from lantoa.directory.models import Unit
from lantoa.training.management.commands.run_folder import _told

pytestmark = pytest.mark.django_db

PLAN = """lantoa: 1
programme:
  code: thu
  name: Thử
  period: {from: 31/02/2020, to: 31/12/2020}
  unit: "Quận 9, Thành phố Hồ Chí Minh"
  audince: Lãnh đạo
"""


def test_every_fault_of_the_plan_is_told_before_anything_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "ke-hoach.yaml").write_text(PLAN, encoding="utf-8")
    told = StringIO()
    with translation.override("en"), pytest.raises(CommandError) as refused:
        call_command("run_folder", str(tmp_path), out=tmp_path / "out", stdout=StringIO(), stderr=told)
    assert told.getvalue().splitlines() == [
        'ke-hoach.yaml:5:18: programme.period.from: "31/02/2020" is no day of the calendar.',
        'ke-hoach.yaml:7:3: programme.audince: There is no key "audince" here. Is audience meant?',
    ]
    assert str(refused.value) == "ke-hoach.yaml cannot be loaded: 2 faults."
    assert Unit.objects.count() == 0


def test_offices_that_no_list_of_units_names_are_told() -> None:
    file: dict[str, Any] = {"file": "ds.xlsx", "refused": None, "new": 1, "faults": [], "offices_added": ["A", "B"]}
    summary: dict[str, Any] = {
        "programme": "P",
        "offices_added": ["C"],
        "files": [file],
        "completed": 0,
        "certificates": 0,
        "papers": 0,
        "seconds": 1.0,
    }
    with translation.override("en"):
        assert _told(summary).splitlines()[1:5] == [
            "Offices added that no list of units names: 1 (C)",
            "",
            "ds.xlsx: 1 new",
            "    Offices added that no list of units names: 2 (A, B)",
        ]


def test_what_became_of_the_rows_is_said_in_the_readers_language() -> None:
    file: dict[str, Any] = {"file": "ds.xlsx", "refused": None, "new": 6, "known": 2, "wrong": 1, "faults": []}
    summary = {
        "programme": "P",
        "offices_added": [],
        "files": [file],
        "completed": 0,
        "certificates": 0,
        "papers": 0,
        "seconds": 1.0,
    }
    with translation.override("vi"):
        assert _told(summary).splitlines()[2] == "ds.xlsx: 6 mới, 2 đã có, 1 sai"
