"""`lantoa load-playbook` and `export-playbook`: dry unless told, letter for letter, each refusal with its words."""

import io
from collections.abc import Iterator
from pathlib import Path

import factories as make
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from pilots.made import AT

from lantoa.directory.models import Level, Unit
from lantoa.pilots.actions.playbooks import load_playbook
from lantoa.pilots.models import PlaybookVersion
from lantoa.pilots.queries.playbooks import shipped

pytestmark = pytest.mark.django_db
VI_HUONG = shipped()["vi-huong-2020.toml"]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def office() -> Unit:
    return make.unit("Một", kind="Tỉnh", level=Level.PROVINCE)


def said(name: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def refused(name: str, *arguments: str) -> tuple[str, str]:
    errors = io.StringIO()
    with pytest.raises(CommandError) as found:
        call_command(name, *arguments, stdout=io.StringIO(), stderr=errors)
    return str(found.value), errors.getvalue()


def test_a_file_is_loaded_only_when_told_and_once(office: Unit, tmp_path: Path) -> None:
    file = tmp_path / "cam-nang.toml"
    file.write_text(VI_HUONG, encoding="utf-8")
    asked = ("load_playbook", str(file), "--unit", "Tỉnh Một")

    assert said(*asked) == (
        "vi-huong-2020 would be loaded as version 1: 6 steps. Nothing was changed; add --apply to do it.\n"
    )
    assert PlaybookVersion.objects.count() == 0
    assert said(*asked, "--apply") == "vi-huong-2020 is loaded as version 1: 6 steps.\n"
    assert said(*asked, "--apply") == "vi-huong-2020 stands here already as version 1; nothing changes.\n"
    assert PlaybookVersion.objects.get().text == VI_HUONG


def test_one_that_ships_is_loaded_by_its_name(office: Unit) -> None:
    said("load_playbook", "vi-huong-2020", "--unit", "Tỉnh Một", "--apply")

    assert PlaybookVersion.objects.get().playbook.unit == office


def test_what_cannot_be_loaded_is_refused_with_its_lines(office: Unit, tmp_path: Path) -> None:
    wrong = tmp_path / "sai.toml"
    wrong.write_text("lantoa_playbook = 1\n", encoding="utf-8")

    assert refused("load_playbook", str(wrong), "--unit", "Tỉnh Một") == (
        "sai.toml cannot be loaded: 1 faults.", f"{wrong}:1: The table [playbook] is missing.\n"
    )  # fmt: skip
    missing = tmp_path / "khong-co.toml"
    assert refused("load_playbook", str(missing), "--unit", "Tỉnh Một")[0] == (
        f"Cannot read {missing}: No such file or directory."
    )
    assert refused("load_playbook", "vi-huong-2020", "--unit", "Tỉnh Khác")[0].startswith(
        "There was no unit Tỉnh Khác on "
    )


def test_what_leaves_is_what_was_loaded_letter_for_letter(office: Unit, tmp_path: Path) -> None:
    load_playbook(by=make.BY, unit=office, text=VI_HUONG, at=AT)
    load_playbook(by=make.BY, unit=office, text=VI_HUONG + "\n# đọc lại\n", at=AT)
    to = tmp_path / "ra.toml"

    assert said("export_playbook", "vi-huong-2020", "--to", str(to)) == f"vi-huong-2020 is written to {to}.\n"
    assert to.read_text(encoding="utf-8") == VI_HUONG + "\n# đọc lại\n"
    assert said("export_playbook", "vi-huong-2020", "--version-number", "1") == VI_HUONG
    assert refused("export_playbook", "vi-huong-2020", "--to", str(to))[0] == f"Cannot write {to}: File exists."


def test_what_is_not_there_or_not_clear_does_not_leave(office: Unit) -> None:
    assert refused("export_playbook", "x")[0] == "Cannot export x: there is no playbook of this code here."
    load_playbook(by=make.BY, unit=office, text=VI_HUONG, at=AT)
    assert refused("export_playbook", "vi-huong-2020", "--version-number", "9")[0] == (
        "Cannot export vi-huong-2020: it has no version 9."
    )
    load_playbook(by=make.BY, unit=make.unit("Hai", kind="Tỉnh"), text=VI_HUONG, at=AT)
    assert refused("export_playbook", "vi-huong-2020")[0] == (
        "Cannot export vi-huong-2020: several units keep one of this code. Say whose: --unit."
    )
    assert said("export_playbook", "vi-huong-2020", "--unit", "Tỉnh Một") == VI_HUONG
