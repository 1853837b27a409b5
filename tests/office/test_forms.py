"""The office's forms that rooms above build on."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from lantoa.common.refused import Refused
from lantoa.office.forms import ColumnsForm, UploadForm, read_choices
from lantoa.office.rules.imports import SheetColumn

COLUMNS = [SheetColumn("A", "Họ và tên", "Nguyễn Thị Thử", "name", "Lớp 1"), SheetColumn("B", "", "", "", "Lớp 1")]
FIELDS = {"name": "Name", "birth": "Birth date"}


def test_the_upload_says_which_files_it_takes() -> None:
    with translation.override("en"):
        field = UploadForm(kinds=("xlsx", "csv")).fields["file"]
        assert field.help_text == ".xlsx, .csv, at most 30 MB"
        assert field.widget.attrs["accept"] == ".xlsx,.csv"


def test_an_upload_without_a_file_is_asked_for_one() -> None:
    with translation.override("en"):
        assert UploadForm({}, {}).errors == {"file": ["Choose a file"]}
        assert UploadForm({}, {"file": SimpleUploadedFile("a.csv", b"x")}).is_valid() is True


def test_every_column_may_be_taken_for_one_thing() -> None:
    form = ColumnsForm({"column-0": "name", "column-1": "birth"}, columns=COLUMNS, choices=FIELDS)
    assert form.is_valid() is True
    assert form.options() == {"Lớp 1": {"name": "A", "birth": "B"}}


def test_a_column_that_is_not_used_is_said_to_be_so() -> None:
    form = ColumnsForm({"column-0": "", "column-1": "name"}, columns=COLUMNS, choices=FIELDS)
    assert form.is_valid() is True
    assert form.options() == {"Lớp 1": {"-": "A", "name": "B"}}


@pytest.mark.parametrize("posted", [{"column-0": "name", "column-1": "name"}, {"column-0": "salary"}])
def test_a_mapping_that_cannot_be_is_not_valid(posted: dict[str, Any]) -> None:
    assert ColumnsForm(posted, columns=COLUMNS, choices=FIELDS).is_valid() is False


def test_choices_are_read_by_row() -> None:
    assert read_choices({"row-7": "new", "others": "x"}, ["row-7", "others"]) == {7: "new"}


@pytest.mark.parametrize("name", ["row-", "row-7 OR 1=1", "row-" + "9" * 19, "row-²"])
def test_a_choice_for_no_row_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="^Cannot choose: one of the rows does not offer this choice."):
        read_choices({name: "new"}, [name])
