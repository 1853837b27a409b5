"""Files: what is taken, under which name, where it lies, and how it comes back."""

import hashlib
import io
import os
import stat
import time
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from factories import BY, unit, user

from lantoa.common.refused import Refused
from lantoa.directory.models import Unit
from lantoa.ledger.models import Entry
from lantoa.office.actions.files import keep_file, remove_content, sweep_files
from lantoa.office.models import File
from lantoa.office.queries.files import path_of, read_file
from lantoa.office.rules.files import KINDS, MATERIALS, SHEETS, Span, Unsatisfiable, clean_name, span_asked

AT = datetime(2020, 10, 5, 2, tzinfo=UTC)
XLSX = "xl/workbook.xml"


def packed(*parts: str, size: int = 10) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.writestr(part, b"0" * size)
    return target.getvalue()


def kept(ward: Unit, name: str = "danh sách.csv", content: Any = b"a;b\n", **more: Any) -> File:
    return keep_file(by=BY, name=name, content=content, unit=ward, at=AT, **more)


def refused(work: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        work()
    return str(caught.value)


def on_disk() -> list[Path]:
    return sorted(path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("danh sách.xlsx", "danh sách.xlsx"),
        (unicodedata.normalize("NFD", "Trường học.xlsx"), "Trường học.xlsx"),
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\An\\lớp.xls", "lớp.xls"),
        ("a\x00b\r\nc.csv", "a b c.csv"),
        ("exe\u202excod.docx", "exexcod.docx"),
        ("....csv", "csv"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("/", "file"),
        ("x" * 300 + ".xlsx", "x" * 195 + ".xlsx"),
        ("y" * 300, "y" * 200),
    ],
)
def test_a_name_is_made_harmless(given: str, name: str) -> None:
    assert clean_name(given) == name


@pytest.mark.django_db
class TestKeeping:
    def test_keeps_the_bytes_outside_the_web_root_under_a_name_of_its_own(self, ward: Unit) -> None:
        file = kept(ward, content=b"a;b\n")
        assert (file.name, file.size, file.media_type) == ("danh sách.csv", 4, "text/csv")
        assert file.sha256 == hashlib.sha256(b"a;b\n").hexdigest()
        assert read_file(file) == b"a;b\n"
        assert on_disk() == [path_of(file)]
        assert path_of(file).suffix == ""
        assert stat.S_IMODE(path_of(file).stat().st_mode) == 0o600

    def test_takes_an_upload(self, ward: Unit) -> None:
        file = kept(ward, content=SimpleUploadedFile("x.csv", b"1;2"))
        assert read_file(file) == b"1;2"

    def test_writes_a_line_of_the_ledger_without_the_name(self, ward: Unit) -> None:
        file = kept(ward)
        assert Entry.objects.get(act="office.keep_file").about == {"size": 4, "sha256": file.sha256}

    @pytest.mark.parametrize("name", ["tool.exe", "page.html", "macro.xlsm", "picture.svg", "noextension"])
    def test_a_kind_that_is_not_taken_is_refused(self, ward: Unit, name: str) -> None:
        assert refused(lambda: kept(ward, name, b"x", allowed=SHEETS)) == (
            f'Cannot keep the file "{name}": files of this kind are not taken here, only .xlsx, .xls, .ods, .csv.'
        )
        assert on_disk() == []

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.xlsx", b"MZ\x90\x00"),
            ("a.xlsx", b"<html>"),
            ("a.xlsx", packed("word/document.xml")),
            ("a.xlsx", b"PK\x03\x04 and nothing else"),
            ("a.xls", packed(XLSX)),
            ("a.csv", b"MZ\x90\x00\x03"),
            ("a.csv", packed(XLSX)),
            ("a.pdf", b"\x89PNG\r\n\x1a\n"),
            ("a.png", b"%PDF-1.7"),
            ("a.jpg", b"GIF89a"),
            ("a.mp4", b"0000free"),
        ],
    )
    def test_a_content_that_is_not_what_the_name_says_is_refused(self, ward: Unit, name: str, content: bytes) -> None:
        kind = name.rpartition(".")[2]
        assert refused(lambda: kept(ward, name, content)) == (
            f'Cannot keep the file "{name}": its content is not that of a .{kind} file.'
        )
        assert on_disk() == []
        assert File.objects.count() == 0

    def test_an_empty_file_is_refused(self, ward: Unit) -> None:
        assert refused(lambda: kept(ward, content=b"")) == 'Cannot keep the file "danh sách.csv": it is empty.'

    def test_a_file_above_the_limit_of_its_kind_is_refused_while_it_is_read(self, ward: Unit) -> None:
        asked: list[int] = []

        class Endless(io.RawIOBase):
            def seek(self, *_: Any) -> int:
                return 0

            def read(self, size: int = -1) -> bytes:
                asked.append(size)
                return b"a" * size

        assert refused(lambda: kept(ward, content=Endless())) == (
            'Cannot keep the file "danh sách.csv": it is larger than 30 MB, the most for a .csv file.'
        )
        assert sum(asked) < 31 * 1024 * 1024
        assert on_disk() == []

    def test_a_packed_file_that_would_unpack_beyond_measure_is_refused(self, ward: Unit) -> None:
        bomb = packed(XLSX, *(f"xl/{number}.xml" for number in range(7)), size=100 * 1024 * 1024)
        assert len(bomb) < 2 * 1024 * 1024
        assert refused(lambda: kept(ward, "a.xlsx", bomb)) == (
            'Cannot keep the file "a.xlsx": it would unpack to 800 MB; the most is 600 MB.'
        )

    def test_macros_are_refused(self, ward: Unit) -> None:
        assert refused(lambda: kept(ward, "a.xlsx", packed(XLSX, "xl/vbaProject.bin"))) == (
            'Cannot keep the file "a.xlsx": it carries macros. Save it without them.'
        )

    def test_every_kind_of_material_is_known(self) -> None:
        assert set(MATERIALS) <= set(KINDS)


@pytest.mark.django_db
class TestSweeping:
    def test_removes_what_no_row_names_once_it_is_a_day_old(self, ward: Unit) -> None:
        file = kept(ward)
        stray = path_of(file).with_name("stray")
        stray.write_bytes(b"left by a crash")
        os.utime(stray, (time.time() - 2 * 86400,) * 2)
        os.utime(path_of(file), (time.time() - 2 * 86400,) * 2)
        young = path_of(file).with_name("young")
        young.write_bytes(b"its row may still come")
        assert sweep_files(at=datetime.now(UTC)).removed == 1
        assert on_disk() == sorted([path_of(file), young])

    def test_names_the_rows_whose_file_is_missing(self, ward: Unit) -> None:
        file, other = kept(ward), kept(ward)
        path_of(file).unlink()
        assert sweep_files(at=AT).missing == (file.key,)
        assert refused(lambda: read_file(file)) == (
            'Cannot open the file "danh sách.csv": its content is no longer in the file store.'
        )
        assert read_file(other) == b"a;b\n"

    def test_a_content_erased_on_purpose_is_not_missing(
        self, ward: Unit, django_capture_on_commit_callbacks: Any
    ) -> None:
        file = kept(ward)
        with django_capture_on_commit_callbacks(execute=True):
            remove_content(file, at=AT)
        assert (on_disk(), sweep_files(at=AT + timedelta(days=9)).missing) == ([], ())


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("", None),
        ("bytes=0-3", Span(0, 4)),
        ("bytes=4-", Span(4, 6)),
        ("bytes=4-99", Span(4, 6)),
        ("bytes=-3", Span(7, 3)),
        ("bytes=-99", Span(0, 10)),
        ("bytes=3-1", None),
        ("bytes=0-1,4-5", None),
        ("lines=1-2", None),
        ("bytes=-", None),
    ],
)
def test_a_reader_may_ask_for_a_span(header: str, span: Span | None) -> None:
    assert span_asked(header, 10) == span


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_span_outside_the_file_is_not_satisfied(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        span_asked(header, 10)


@pytest.mark.django_db
class TestServing:
    @pytest.fixture
    def officer(self, ward: Unit, client: Client) -> Client:
        client.force_login(user("programme_officer", on=ward))
        return client

    def test_comes_as_a_download_that_no_browser_runs(self, ward: Unit, officer: Client) -> None:
        response = officer.get(f"/files/{kept(ward).key}/")
        assert b"".join(response) == b"a;b\n"  # type: ignore[call-overload]
        assert {name: response.headers[name] for name in ("Content-Disposition", "X-Content-Type-Options",
                "Content-Security-Policy", "Cache-Control", "Content-Length")} == {
            "Content-Disposition": "attachment; filename*=utf-8''danh%20s%C3%A1ch.csv",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-cache",
            "Content-Length": "4",
        }  # fmt: skip

    def test_a_broken_download_is_taken_up(self, ward: Unit, officer: Client) -> None:
        file = kept(ward, content=b"0123456789" * 100)
        response = officer.get(
            f"/files/{file.key}/",
            headers={"Range": "bytes=990-", "If-Range": f'"{file.sha256}"', "Accept-Encoding": "gzip"},
        )
        assert (response.status_code, b"".join(response)) == (206, b"0123456789")  # type: ignore[call-overload]
        assert response.headers["Content-Range"] == "bytes 990-999/1000"

    def test_a_download_of_another_file_begins_anew(self, ward: Unit, officer: Client) -> None:
        file = kept(ward)
        response = officer.get(f"/files/{file.key}/", headers={"Range": "bytes=2-", "If-Range": '"other"'})
        assert (response.status_code, b"".join(response)) == (200, b"a;b\n")  # type: ignore[call-overload]

    def test_a_span_beyond_the_end_says_how_long_the_file_is(self, ward: Unit, officer: Client) -> None:
        response = officer.get(f"/files/{kept(ward).key}/", headers={"Range": "bytes=4-"})
        assert (response.status_code, response.headers["Content-Range"]) == (416, "bytes */4")

    def test_an_unchanged_file_is_not_sent_again(self, ward: Unit, officer: Client) -> None:
        file = kept(ward)
        response = officer.get(f"/files/{file.key}/", headers={"If-None-Match": f'"{file.sha256}"'})
        assert (response.status_code, response.content) == (304, b"")

    def test_is_hidden_from_strangers_and_from_those_without_its_permission(self, ward: Unit, client: Client) -> None:
        file, roster = kept(ward), kept(ward, seen_with="office.import")
        client.force_login(user("programme_officer", on=unit()))
        assert client.get(f"/files/{file.key}/").status_code == 404
        client.force_login(user("unit_coordinator", on=ward))
        assert b"".join(client.get(f"/files/{file.key}/")) == b"a;b\n"  # type: ignore[call-overload]
        assert client.get(f"/files/{roster.key}/").status_code == 404

    def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(self, ward: Unit, client: Client) -> None:
        assert client.get(f"/files/{kept(ward).key}/").status_code == 302

    def test_an_erased_file_is_not_found(self, ward: Unit, officer: Client) -> None:
        file = kept(ward)
        remove_content(file, at=AT)
        assert officer.get(f"/files/{file.key}/").status_code == 404
