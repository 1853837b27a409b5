"""Keeping files: checked, stored outside the web root under a name of our own, found again by hash."""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction

from lantoa.directory.models import Unit
from lantoa.directory.permissions import PERMISSIONS
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.models import File
from lantoa.office.queries.files import path_of
from lantoa.office.rules.files import HEAD, Kind, check_beginning, check_parts, check_size, clean_name, kind_of

CHUNK = 256 * 1024
INCOMING = "incoming"
GRACE = timedelta(hours=24)  # a file younger than this may belong to a transaction still under way


def keep_file(
    *,
    by: Actor,
    name: str,
    content: bytes | IO[bytes] | Any,
    unit: Unit,
    at: datetime,
    allowed: Iterable[str] | None = None,
    seen_with: str = "programmes.view",
) -> File:
    """Checks and stores a file; refused with words when its kind, content or size is not one of `allowed`.

    `content` is bytes, a file open for reading, or an uploaded file. `seen_with` is the permission that shows it,
    on its unit. The content is on the disk before the row is written: a crash between leaves a file without a row,
    which `sweep_files` removes, never a row without a file.
    """
    if seen_with not in PERMISSIONS:
        raise KeyError(seen_with)
    cleaned = clean_name(name)
    kind = kind_of(cleaned, allowed)
    stored_as, size, digest = _store(cleaned, kind, _chunks(content))
    with transaction.atomic():
        file = File.objects.create(
            name=cleaned,
            media_type=kind.media_type,
            size=size,
            sha256=digest,
            stored_as=stored_as,
            unit=unit,
            seen_with=seen_with,
            uploaded_by=by.actor_key,
            uploaded_at=at,
        )
        record(by=by, act="office.keep_file", thing=file, about={"size": size, "sha256": digest})
    return file


def _chunks(content: bytes | IO[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        for start in range(0, len(content), CHUNK):
            yield content[start : start + CHUNK]
        return
    content.seek(0)
    while chunk := content.read(CHUNK):
        yield chunk


def _store(name: str, kind: Kind, chunks: Iterator[bytes]) -> tuple[str, int, str]:
    """Writes the content to its place; (where below the file folder, size, SHA-256). Nothing is left of a
    refused one.
    """
    folder = Path(settings.FILES_DIR)
    own = secrets.token_hex(16)
    draft = folder / INCOMING / own
    draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        size, digest = _write(draft, name, kind, chunks)
        if kind.shape == "packed":
            check_parts(name, kind, draft)
        place = folder / own[:2] / own
        place.parent.mkdir(exist_ok=True, mode=0o700)
        draft.rename(place)
        _flush(place.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return f"{own[:2]}/{own}", size, digest


def _write(draft: Path, name: str, kind: Kind, chunks: Iterator[bytes]) -> tuple[int, str]:
    size = 0
    head = b""
    digest = hashlib.sha256()
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            check_size(name, kind, size)
            if len(head) < HEAD:
                head += chunk[: HEAD - len(head)]
            digest.update(chunk)
            file.write(chunk)
        check_size(name, kind, size)
        check_beginning(name, kind, head)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _flush(folder: Path) -> None:
    """Makes a rename in this folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_content(file: File, *, at: datetime) -> None:
    """Erases what the file holds; its row stays and says since when it is gone."""
    File.objects.filter(pk=file.pk).update(removed_at=at)
    transaction.on_commit(lambda: path_of(file).unlink(missing_ok=True))


@dataclass(frozen=True)
class Swept:
    """How many files without a row were removed, and the keys of rows whose file is missing."""

    removed: int
    missing: tuple[str, ...]


def sweep_files(*, at: datetime) -> Swept:
    """Removes files that no row names and that are older than a day: what a crash left. Names rows
    without a file.
    """
    folder = Path(settings.FILES_DIR)
    on_disk = {
        path.relative_to(folder).as_posix(): path
        for path in (folder.glob("*/*") if folder.exists() else ())
        if path.is_file()
    }
    # the rows are read after the disk: a file that came in between is young, a row that came in between is no harm
    rows = dict(File.objects.filter(removed_at=None).values_list("stored_as", "key"))
    removed = 0
    for stored_as, path in on_disk.items():
        if stored_as not in rows and path.stat().st_mtime < (at - GRACE).timestamp():
            path.unlink(missing_ok=True)
            removed += 1
    missing = [key for stored_as, key in rows.items() if not (folder / stored_as).exists()]
    return Swept(removed, tuple(sorted(missing)))
