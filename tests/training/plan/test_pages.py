"""A programme file on pages and on the command line: preview with faults and lines, then apply; then download."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import factories as make
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from training.plan.words import load

from lantoa.directory.models import Role, Unit
from lantoa.programmes.models import Programme
from lantoa.training.models import Meeting
from lantoa.training.rules.plan import read_plan

pytestmark = pytest.mark.django_db
PAGE = reverse("training:load_plan")


@pytest.fixture
def desk(district: Unit) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=district))
    return client


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def upload(desk: Client, text: str) -> Any:
    return desk.post(PAGE, {"file": SimpleUploadedFile("ke-hoach.yaml", text.encode())})


def test_a_file_is_previewed_and_nothing_is_changed(desk: Client, small: str) -> None:
    answer = upload(desk, small)
    assert answer.context["report"].count("new") == 14
    assert answer.context["report"].programme_key == ""
    assert "Apply these changes" in text_of(answer)
    assert Programme.objects.count() == 0


def test_the_previewed_text_is_applied_as_it_was_shown(desk: Client, small: str) -> None:
    shown = upload(desk, small).context["text"]
    answer = desk.post(PAGE, {"text": shown.replace("\n", "\r\n"), "apply": "1"})
    made = Programme.objects.get()
    assert answer.headers["Location"] == reverse("programmes:programme", args=[made.key])
    assert Meeting.objects.count() == 3


def test_faults_are_shown_with_their_lines_and_the_text_can_be_corrected_there(desk: Client, small: str) -> None:
    answer = upload(desk, small.replace("from: 01/10/2020", "from: 31/02/2020"))
    [fault] = answer.context["faults"]
    assert fault == {
        "line": 5,
        "column": 18,
        "path": "programme.period.from",
        "reason": '"31/02/2020" is no day of the calendar.',
    }
    assert "31/02/2020" in answer.context["form"].initial["text"]


def test_what_does_not_fit_with_the_house_is_shown_with_lines_too(desk: Client, small: str) -> None:
    answer = upload(desk, small.replace("06/10/2020", "02/01/2021"))
    assert [fault["line"] for fault in answer.context["faults"]] == [43]


def test_a_file_that_changes_nothing_says_so(desk: Client, small: str) -> None:
    load(small)
    assert "Everything in this file stands here already." in text_of(upload(desk, small))


def test_nothing_given_is_asked_for(desk: Client) -> None:
    answer = desk.post(PAGE, {"text": "  "})
    assert answer.context["form"].non_field_errors() == ["Choose a file, or write its text."]


def test_a_file_that_is_no_text_is_refused_with_its_line(desk: Client) -> None:
    answer = desk.post(PAGE, {"file": SimpleUploadedFile("a.yaml", b"a: 1\nb: \xff\n")})
    assert answer.context["faults"][0]["line"] == 2


def test_a_programme_of_others_is_not_loaded(district: Unit, small: str) -> None:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=make.unit("Khác")))
    answer = client.post(PAGE, {"text": small, "apply": "1"})
    assert answer.context["refusal"] == (
        "Cannot load programme quan-9-2020: you do not manage programmes of Quận 9, Thành phố Hồ Chí Minh."
    )
    assert Programme.objects.count() == 0


def test_a_course_of_others_is_not_changed_by_a_file(desk: Client, small: str) -> None:
    make.course(make.unit("Khác"), code="cds")
    assert desk.post(PAGE, {"text": small}).context["refusal"] == (
        "Cannot load programme quan-9-2020: course cds belongs to a unit whose courses you do not manage."
    )


def test_a_programme_is_downloaded_as_the_file_that_makes_it(desk: Client, small: str) -> None:
    load(small)
    answer = desk.get(reverse("training:export_plan", args=[Programme.objects.get().key]))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="quan-9-2020.yaml"'
    assert read_plan(answer.content.decode()).classes == read_plan(small).classes


# ---- the command line


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_is_dry_unless_told_to_apply(district: Unit, small: str, tmp_path: Path) -> None:
    file = tmp_path / "ke-hoach.yaml"
    file.write_text(small, encoding="utf-8")
    assert run("load_programme", str(file)).startswith("+ agency Trung tâm Y tế Quận 9\n+ programme ")
    assert Programme.objects.count() == 0
    run("load_programme", str(file), "--apply")
    assert json.loads(run("load_programme", str(file), "--apply", "--json"))["changes"] == []


def test_the_command_lists_the_faults_for_machines(district: Unit, small: str, tmp_path: Path) -> None:
    file = tmp_path / "ke-hoach.yaml"
    file.write_text(small.replace("topic: 2", "topic: 9"), encoding="utf-8")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("load_programme", str(file), "--json", stdout=out)
    assert [fault["line"] for fault in json.loads(out.getvalue())["faults"]] == [37]


def test_the_command_says_when_there_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as error:
        run("load_programme", str(tmp_path / "khong-co.yaml"))
    assert "khong-co.yaml" in str(error.value)


def test_a_programme_is_exported_by_its_code(district: Unit, small: str, tmp_path: Path) -> None:
    load(small)
    out = tmp_path / "ra.yaml"
    run("export_programme", "quan-9-2020", "--out", str(out))
    assert read_plan(out.read_text(encoding="utf-8")).programme.code == "quan-9-2020"
    with pytest.raises(CommandError):
        run("export_programme", "khong-co")
