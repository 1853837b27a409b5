"""For machines: health and metrics."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from factories import unit

from lantoa.ledger.rules import Machine
from lantoa.office.actions.jobs import REGISTERED, Registered, start_job
from lantoa.office.models import Job
from lantoa.web import views_health


def lines_of(client: Client, **headers: str) -> dict[str, str]:
    answer = client.get("/metrics", **headers)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return dict(line.rsplit(" ", 1) for line in lines)


def test_live_asks_no_database() -> None:
    answer = Client().get("/health/live/")
    assert (answer.status_code, answer.json()) == (200, {"live": True})
    assert "no-store" in answer["Cache-Control"]


def test_ready_when_database_and_tables_are_there(db: None) -> None:
    for path in ("/health/", "/health/ready/"):
        answer = Client().get(path)
        assert (answer.status_code, answer.json()) == (200, {"ready": True, "database": True, "tables": True})


def test_not_ready_with_tables_of_an_older_version(db: None) -> None:
    views_health._ready.clear()  # it asks only until it was ready once
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'training'")
    answer = Client().get("/health/ready/")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "database": True, "tables": False})


def test_metrics_tell_of_database_jobs_and_disk(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REGISTERED, "test.wait", Registered("test.wait", lambda _running: None, "wait"))
    now = timezone.now()
    start_job(by=Machine("test"), kind="test.wait", arguments={}, unit=unit(), at=now - timedelta(minutes=5))
    failed = start_job(by=Machine("test"), kind="test.wait", arguments={}, unit=unit(), at=now)
    Job.objects.filter(pk=failed.pk).update(state=Job.State.FAILED, finished_at=now)
    found = lines_of(Client())
    assert found["lantoa_database_up"] == "1"
    assert int(found["lantoa_database_bytes"]) > 1_000_000
    assert (found['lantoa_jobs{state="waiting"}'], found['lantoa_jobs{state="running"}']) == ("1", "0")
    assert found["lantoa_jobs_failed_day"] == "1"
    assert 299 < float(found["lantoa_jobs_oldest_seconds"]) < 330
    assert int(found["lantoa_disk_free_bytes"]) > 0
    assert float(found["lantoa_ledger_unsealed_seconds"]) >= 0


def test_metrics_are_for_this_machine_and_for_whoever_has_the_token(db: None, settings: Any) -> None:
    settings.PROXIES = ("10.0.0.5",)
    outside = {"REMOTE_ADDR": "203.0.113.7"}
    assert Client().get("/metrics", **outside).status_code == 404  # type: ignore[arg-type]
    assert Client().get("/metrics", HTTP_X_FORWARDED_FOR="203.0.113.7").status_code == 404
    # nobody but a front server says who asks
    assert Client().get("/metrics", HTTP_X_FORWARDED_FOR="127.0.0.1", **outside).status_code == 404  # type: ignore[arg-type]
    assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer ", **outside).status_code == 404  # type: ignore[arg-type]
    settings.METRICS_TOKEN = "mot-ma-dai"
    for token, status in (("Bearer mot-ma-dai", 200), ("Bearer khac", 404), ("", 404)):
        answer = Client().get("/metrics", HTTP_AUTHORIZATION=token, **outside)  # type: ignore[arg-type]
        assert answer.status_code == status


def test_the_newest_backup_is_told(db: None, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    assert "lantoa_backup_age_seconds" not in lines_of(Client())
    at = (timezone.now() - timedelta(hours=2)).isoformat()
    (tmp_path / "last-backup.json").write_text(f'{{"at": "{at}", "size": 7}}')
    found = lines_of(Client())
    assert 7199 < float(found["lantoa_backup_age_seconds"]) < 7260
    assert found["lantoa_backup_bytes"] == "7"


@pytest.mark.parametrize(("peer", "secure"), [("203.0.113.7", False), ("127.0.0.1", True), ("10.0.0.5", True)])
def test_https_is_believed_only_from_a_front_server(peer: str, secure: bool, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.PROXIES = ("10.0.0.0/24",)
    answer = Client().get("/health/live/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_PROTO="https")
    assert answer.wsgi_request.is_secure() is secure
