"""The log: one JSON object a line, the code of an error page in it, and nothing of what people are called or sent."""

import json
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from factories import person, unit, user

from config.finding import find_command, in_words, lines_with
from lantoa.accounts.models import User
from lantoa.common.logs import JsonLines, LineFile, said
from lantoa.directory.models import Role

SECRETS = ("Nguyễn Thị Bí Mật", "Bí Mật", "bimat@example.vn", "0912345678", "079123456789", "matkhau-rat-dai-1")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The log of this test, as the server writes it."""
    handler = LineFile(tmp_path / "log" / "lantoa.jsonl")
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    yield tmp_path / "log" / "lantoa.jsonl"
    root.removeHandler(handler)
    handler.close()


def lines_of(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def test_a_request_leaves_one_line_with_view_status_time_and_actor(db: None, log: Path) -> None:
    account = user(Role.ADMINISTRATOR, on=unit())
    client = Client()
    client.force_login(account)
    client.get("/")
    (line,) = (line for line in lines_of(log) if line["logger"] == "lantoa.requests")
    assert (line["view"], line["method"], line["status"]) == ("web:home", "GET", 200)
    assert line["actor"] == account.actor_key
    assert line["ms"] > 0
    assert re.fullmatch("[0-9a-f]{8}", line["code"])
    assert set(line) == {"at", "level", "logger", "process", "code", "view", "method", "status", "ms", "actor"}


@pytest.mark.parametrize(
    ("path", "status"),
    [("/no-such-page/", 404), ("/ledger/", 302), ("/sign-in/?q=%00", 404)],
)
def test_the_code_on_an_error_page_leads_to_its_line(
    db: None, log: Path, path: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Client().get(path)
    assert answer.status_code == status
    if status < 400:
        return
    found = re.search(r'class="lt-code">([0-9a-f]{8})<', answer.content.decode())
    assert found
    assert find_command([found[1].upper(), str(log)]) == 0
    assert f"status {status}" in capsys.readouterr().out


def test_a_form_without_its_mark_and_one_that_is_too_large_show_codes_too(db: None, log: Path) -> None:
    refused = Client(enforce_csrf_checks=True).post("/look/", {})
    assert (refused.status_code, refused.content.decode().count('class="lt-code"')) == (403, 1)
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        large = Client().post("/look/", {"theme": "x" * 100})
    assert large.status_code == 413
    assert "Dữ liệu gửi lên quá lớn" in large.content.decode()
    assert large.content.decode().count('class="lt-code"') == 1
    codes = re.findall(r'class="lt-code">([0-9a-f]{8})<', refused.content.decode() + large.content.decode())
    assert {line["code"] for line in lines_of(log)} == set(codes)


def crash(request: HttpRequest, name: str) -> HttpResponse:
    """A view with a bug, in whose message stands what somebody typed."""
    raise ValueError(f"{name}, {SECRETS[0]}, {request.POST['password']}")


urlpatterns = [path("crash/<str:name>/", login_not_required(crash), name="crash"), path("", include("config.urls"))]


def test_a_crash_is_told_by_kind_and_places_and_found_by_its_code(
    log: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    answer = client.post(f"/crash/{SECRETS[1]}/?next={SECRETS[3]}", {"password": SECRETS[-1]})
    assert answer.status_code == 500
    found = re.search(r'class="lt-code">([0-9a-f]{8})<', answer.content.decode())
    assert found
    assert find_command([found[1], str(log)]) == 0
    told = capsys.readouterr().out
    assert "ValueError" in told
    assert "test_logs.py" in told
    assert "status 500" in told
    assert not [secret for secret in SECRETS if secret in log.read_text() + told]


handler500 = "lantoa.common.middleware.server_error"


def test_personal_data_of_a_whole_day_is_nowhere_in_the_log(db: None, log: Path, settings: Any) -> None:
    """Signing in wrong and right, links, searches, forms with faults, a broken rule of the database."""
    place = unit()
    account: User = user(Role.ADMINISTRATOR, on=place)
    User.objects.filter(pk=account.pk).update(full_name=SECRETS[0], email=SECRETS[2])
    someone = person(at=place)
    client = Client()
    client.post("/sign-in/", {"username": SECRETS[2], "password": SECRETS[-1]})
    client.get(f"/l/{SECRETS[3]}{SECRETS[4]}")
    client.force_login(User.objects.get(pk=account.pk))
    client.get("/ledger/", {"actor": SECRETS[0], "thing": SECRETS[4]})
    client.get(f"/people/{someone.key}/", {"q": SECRETS[3]})
    client.get(f"/{SECRETS[1]}/{SECRETS[3]}/")
    form = {"full_name": SECRETS[0], "email": SECRETS[2], "phone": SECRETS[3]}
    client.post(f"/units/{place.key}/people/add/", form)
    try:
        User.objects.create(username=account.username, full_name=SECRETS[0])
    except IntegrityError:
        logging.getLogger("lantoa").exception("broken")
        connection.needs_rollback = False
    logging.getLogger("of.a.stranger").warning("cannot send to %s", SECRETS[2])
    logging.getLogger("of.a.stranger").warning(f"cannot send to {SECRETS[2]}")
    text = log.read_text()
    assert len(text.splitlines()) >= 7
    assert not [secret for secret in SECRETS if secret in text or secret.encode().decode("latin1") in text]
    strange = [line for line in lines_of(log) if line["logger"] == "of.a.stranger"]
    assert [line.get("words") for line in strange] == ["cannot send to %s", None]
    assert strange[0]["place"].startswith("test_logs.py:")
    broken = next(line for line in lines_of(log) if line.get("words") == "broken")
    assert (broken["error"][0]["kind"], broken["error"][-1]["sqlstate"]) == ("IntegrityError", "23505")
    assert broken["error"][-1]["table_name"] == "accounts_user"


def test_the_message_of_an_exception_is_shown_in_development_only() -> None:
    try:
        raise ValueError("Bí Mật")
    except ValueError as error:
        told = (ValueError, error, error.__traceback__)
        record = logging.LogRecord("lantoa", logging.ERROR, __file__, 1, "x", (), told)
    assert "message" not in said(record)["error"][0]
    assert said(record, messages=True)["error"][0]["message"] == "Bí Mật"


def test_two_processes_write_whole_lines_and_old_files_are_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "log"
    children = []
    for name in "ab":
        if child := os.fork():
            children.append(child)
            continue
        handler = LineFile(path, limit=20_000, kept=3)
        for number in range(500):
            record = logging.LogRecord("lantoa", logging.INFO, "", 1, f"{name} {number} " + "x" * 90, (), None)
            handler.emit(record)
        os._exit(0)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["log", "log.1", "log.2", "log.3"]
    for file in files:
        assert file.stat().st_size <= 20_000
        assert all(re.fullmatch("[ab] [0-9]+ x{90}", line) for line in file.read_text().splitlines())


def test_a_code_is_found_in_what_the_journal_prints_and_a_missing_one_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = json.dumps({"at": "2026-11-22T01:00:00+00:00", "level": "error", "words": "error", "code": "4f6e2a9c"})
    (found,) = lines_with("4f6e2a9c", ["nonsense 4f6e2a9c", f"Nov 22 lantoa[1]: {line}", '{"code": "00000000"}'])
    assert in_words(found) == "2026-11-22T01:00:00+00:00 error error: "
    assert find_command(["12345678", str(tmp_path / "log")]) == 1
    assert capsys.readouterr().err.startswith("There is no line with the code 12345678. ")


def test_the_log_is_closed_to_other_accounts(log: Path) -> None:
    logging.getLogger("lantoa").error("x")
    assert log.stat().st_mode & 0o777 == 0o600
