"""`lantoa backup`: database, files and keys in one archive, of one moment, while the server runs.

Why it is one moment. A snapshot of the database is opened first, and both the dump and the list of files are read
from it. The content of a file is on the disk before its row is committed, under a name used once, and never written
again: so what the snapshot names is there, and is what it was. Only erasing takes content away; a file erased while
the backup runs is noted, and a restore marks it as erased, as it is. Private keys are on the disk before their rows
as well. The end of the ledger is remembered after its seal is committed: it is copied before the snapshot, so it is
never ahead of it, and an alarm stays. (decision 0018)
"""

import argparse
import contextlib
import errno
import hashlib
import json
import os
import re
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from config import archive, dumping
from config.archive import CannotDo, Lock, LockedOut, Manifest, Opener, Writer
from config.places import BACKUP_FAILED, data_folder, sign_ins_file
from config.prepare import tell
from config.processes import ROOT
from lantoa.common import erasures

if TYPE_CHECKING:
    import psycopg

PLAIN, LOCKED = ".tar", ".tar.locked"
LAST_BACKUP = "last-backup.json"  # in the data folder: what doctor and metrics read
WITH_FAULTS = 3  # exit code: the archive stands, but files of the installation are missing or damaged
_NAME = re.compile(r"lantoa-\d{8}T\d{6}Z\.tar(\.locked)?")
_HEAD = "ledger-head"
_FILES = "SELECT stored_as, sha256, removed_at FROM office_file WHERE stored_as = ANY(%s) OR %s"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """A backup that stands: where, how large, how long it took, and what was found missing meanwhile."""

    path: Path
    size: int
    seconds: float
    manifest: Manifest
    locked: bool
    fingerprint: str  # SHA-256 of the file

    def about(self, why: str) -> dict[str, Any]:
        """What the ledger keeps of it."""
        manifest = self.manifest
        return {
            "archive": self.fingerprint,
            "moment": manifest.made_at,
            "why": why,
            "bytes": self.size,
            "rows": {name: int(count) for name, (count, _sum) in manifest.tables.items() if count != "0"},
            "files": manifest.count_of("files"),
            "keys": manifest.count_of("keys"),
            "locked": self.locked,
            "faults": len(manifest.faults),
        }


def version() -> str:
    """The version of this code."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def back_up(url: str, data: Path, target: Path, lock: Lock, *, opener: Opener, say: Say) -> Made:
    """Writes the archive to `target`, whole or not at all, and reads it back where it can. Raises CannotDo."""
    started = time.monotonic()
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            manifest = _write(url, data, out, lock, say)
            out.flush()
            os.fsync(out.fileno())
        with open(draft, "rb") as written:
            fingerprint = hashlib.file_digest(written, "sha256").hexdigest()
        if not lock or opener != Opener():
            archive.check(draft, opener)
        os.replace(draft, target)
        flush_folder(target.parent)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise CannotDo(f"Cannot write {target}: the disk is full. Nothing of it is left.") from error
        raise CannotDo(f"Cannot write {target}: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)
    made = Made(target, target.stat().st_size, time.monotonic() - started, manifest, bool(lock), fingerprint)
    _remember(data, made)
    return made


def _write(url: str, data: Path, out: IO[bytes], lock: Lock, say: Say) -> Manifest:
    sealed = LockedOut(out, lock) if lock else None
    writer = Writer(sealed or out)  # type: ignore[arg-type]
    head = _read(data / "keys" / _HEAD)  # before the snapshot
    with dumping.connect(url) as connection, _snapshot(connection) as name:
        tools = dumping.find_tools(dumping.major_of(connection))
        tables = dumping.sums_of_tables(connection)
        if "django_migrations" not in tables:
            raise CannotDo(
                "Cannot back up: the database is empty. Start Lantoa once, then there is something to keep."
            )
        list_erased(connection, data)
        files = _files(connection) if "office_file" in tables else {}
        manifest = Manifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            lantoa=version(),
            postgres=str(connection.info.parameter_status("server_version") or ""),
            dump=tools.version,
            migrations=[
                [str(app), str(step)]
                for app, step in connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
            ],
            tables=tables,
            demonstration=sign_ins_file(data).exists(),
        )
        with dumping.dump(url, tools, name) as stream:
            writer.add_stream("database", stream)
    _add_keys(writer, data / "keys", head)
    _add_files(writer, url, data / "files", files, manifest)
    for fault in manifest.faults:
        say(f"Warning: {fault}")
    writer.finish(manifest)
    if sealed is not None:
        sealed.finish()
    return manifest


def list_erased(connection: "psycopg.Connection[Any]", data: Path) -> None:
    """Adds to the list of erasures what this database knows and the list does not."""
    try:
        key = (data / "keys" / "ledger.key").read_bytes()
    except FileNotFoundError:
        return
    if "office_erasure" not in dumping.table_names(connection):
        return
    rows = connection.execute(
        "SELECT e.person_key, u.key, e.at FROM office_erasure e"
        " JOIN directory_unit u ON u.id = e.unit_id ORDER BY e.at"
    ).fetchall()
    found = [erasures.Erased((str(who),), str(unit), at.astimezone(UTC).isoformat()) for who, unit, at in rows]
    file = data / "keys" / erasures.NAME
    erasures.append(file, erasures.not_in(erasures.text_of(file), found, key), key)


@contextmanager
def _snapshot(connection: "psycopg.Connection[Any]") -> Iterator[str]:
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        yield str(row[0])
    finally:
        with contextlib.suppress(Exception):  # a lost connection has ended it, too
            connection.execute("ROLLBACK")


def _files(connection: "psycopg.Connection[Any]") -> dict[str, str]:
    """Where each file of the snapshot lies below the file folder, and its SHA-256."""
    rows = connection.execute(_FILES, [[], True]).fetchall()
    return {str(stored_as): str(digest) for stored_as, digest, removed_at in rows if removed_at is None}


def _add_keys(writer: Writer, folder: Path, head: bytes | None) -> None:
    """What lies in the key folder now: at least what the snapshot needs, since keys are never taken away."""
    for file in sorted(folder.iterdir()) if folder.exists() else ():
        if file.is_file() and not file.name.startswith(".") and file.name != _HEAD:
            writer.add(f"keys/{file.name}", file.read_bytes())
    if head is not None:
        writer.add(f"keys/{_HEAD}", head)


def _add_files(writer: Writer, url: str, folder: Path, files: dict[str, str], manifest: Manifest) -> None:
    missing = []
    for stored_as, expected in sorted(files.items()):
        try:
            with open(folder / stored_as, "rb") as file:
                found = writer.add_file(f"files/{stored_as}", file)
        except FileNotFoundError:
            missing.append(stored_as)
            continue
        if found != expected:
            manifest.faults.append(f"the file {stored_as} is not what was kept: it is damaged on the disk")
    if not missing:
        return
    with dumping.connect(url) as now:
        rows = now.execute(_FILES, [missing, False]).fetchall()
    erased = {str(stored_as): removed_at for stored_as, _digest, removed_at in rows if removed_at is not None}
    known = {str(stored_as) for stored_as, _digest, _removed in rows}
    for stored_as in missing:
        if stored_as in erased:
            manifest.erased[stored_as] = erased[stored_as].astimezone(UTC).isoformat()
        elif stored_as not in known:  # its row has gone as well
            manifest.erased[stored_as] = manifest.made_at
        else:
            manifest.faults.append(f"the content of the file {stored_as} is missing from the disk")


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def flush_folder(folder: Path) -> None:
    """Makes a rename in this folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remember(data: Path, made: Made) -> None:
    """For doctor and metrics. That it cannot be written is no reason to call the backup failed."""
    said = {"at": made.manifest.made_at, "path": str(made.path), "size": made.size, "locked": made.locked}
    draft = data / f".{LAST_BACKUP}.{os.getpid()}"
    with contextlib.suppress(OSError):
        draft.write_text(json.dumps(said | {"seconds": round(made.seconds, 1), "faults": len(made.manifest.faults)}))
        draft.replace(data / LAST_BACKUP)


def rotate(folder: Path, keep: int) -> tuple[str, ...]:
    """Deletes the oldest archives of this folder beyond `keep`; the names of those deleted. Other files stay."""
    mine = sorted((path for path in folder.iterdir() if _NAME.fullmatch(path.name)), key=lambda path: path.name)
    old = mine[: max(0, len(mine) - keep)]
    for path in old:
        path.unlink()
    return tuple(path.name for path in old)


# ---- the command


def parser() -> argparse.ArgumentParser:
    """The options of `lantoa backup`."""
    result = argparse.ArgumentParser(
        prog="lantoa backup",
        description="Keep database, files and keys as one archive, of one moment, while the server runs. The archive"
        " holds every key and all personal data: it is locked for a recipient or a passphrase.",
        epilog="lantoa backup --make-key FILE makes a key pair: FILE opens archives and belongs on another machine,"
        " FILE.pub locks them. Exit code 3: the archive stands, but files were missing or damaged.",
    )
    result.add_argument(
        "target", nargs="?", type=Path, metavar="FILE|FOLDER", help="a folder gets a file named after the moment"
    )
    result.add_argument("--keep", type=int, metavar="N", help="in a folder: delete all but the newest N archives")
    add_lock_arguments(result)
    result.add_argument(
        "--unencrypted", action="store_true", help="leave the archive open to whoever can read the file"
    )
    result.add_argument("--make-key", type=Path, metavar="FILE", help="make a key pair, and no backup")
    result.add_argument("--json", action="store_true", help="say what was made for a machine")
    return result


def add_lock_arguments(parser: argparse.ArgumentParser) -> None:
    """For whom archives are locked; the environment may say it once for all commands."""
    parser.add_argument(
        "--recipient",
        type=Path,
        action="append",
        metavar="FILE",
        help="lock for the holder of the private half of this public key; may be repeated (LANTOA_BACKUP_RECIPIENT)",
    )
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help="lock with the passphrase in the first line of this file (LANTOA_BACKUP_PASSPHRASE_FILE)",
    )


def lock_of(options: argparse.Namespace) -> tuple[Lock, Opener]:
    """For whom to lock, and what of it can open again to read the archive back. Raises CannotDo."""
    recipients = options.recipient or [*map(Path, filter(None, [os.environ.get("LANTOA_BACKUP_RECIPIENT")]))]
    file = options.passphrase_file or os.environ.get("LANTOA_BACKUP_PASSPHRASE_FILE")
    if options.recipient and not options.passphrase_file:
        file = None  # what is said on the command line holds alone
    passphrase = archive.read_passphrase(Path(file)) if file else b""
    lock = Lock(passphrase, tuple(archive.read_recipient(Path(one)) for one in recipients))
    return lock, Opener(passphrase)


def backup_command(arguments: list[str]) -> int:
    """`lantoa backup`; the exit code. Raises CannotDo."""
    options = parser().parse_args(arguments)
    if options.make_key:
        public = archive.make_key(options.make_key)
        print(f"The private key is in {options.make_key}: keep it on another machine, it opens the archives.")
        print(f"The public key is in {public}: lantoa backup --recipient {public} FOLDER")
        return 0
    if options.target is None:
        raise CannotDo("Cannot back up: say the file or the folder to write to. lantoa backup --help says more.", 2)
    with _marked(data_folder()):
        return _back_up_as_asked(options)


@contextmanager
def _marked(data: Path) -> Iterator[None]:
    """Until a backup stands, the data folder says that it does not: for doctor, and the administrator's page."""
    file = data / BACKUP_FAILED

    def mark(words: str, pid: int) -> None:
        with contextlib.suppress(OSError):
            said = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "words": words[:1000], "pid": pid}
            file.write_text(json.dumps(said))

    mark("it was cut short", os.getpid())
    try:
        yield
    except BaseException as error:
        mark(str(error) or type(error).__name__, 0)
        raise
    file.unlink(missing_ok=True)


def _back_up_as_asked(options: argparse.Namespace) -> int:
    lock, opener = (Lock(), Opener()) if options.unencrypted else lock_of(options)
    if not lock and not options.unencrypted:
        raise CannotDo(
            "Cannot back up: the archive would hold the keys and all personal data in the clear.\n"
            "Lock it for a recipient (--recipient FILE, see --make-key) or with a passphrase"
            " (--passphrase-file FILE), or say --unencrypted if you want it all the same."
        )
    target = target_of(options.target, keep=options.keep, locked=bool(lock))
    from config.cli import database

    def say(words: str) -> None:
        print(words, file=sys.stderr, flush=True)

    with database():
        url, data = os.environ["DATABASE_URL"], data_folder()
        made = back_up(url, data, target, lock, opener=opener, say=say)
        note(url, data, made, "backup", say)
    if options.target.is_dir():
        _copy_list(data, target.parent)
    removed = rotate(target.parent, options.keep) if options.keep else ()
    print(
        _as_json(made, removed)
        if options.json
        else _in_words(made, removed, read_back=not lock or opener != Opener())
    )
    return WITH_FAULTS if made.manifest.faults else 0


def note(url: str, data: Path, made: Made, why: str, say: Say) -> None:
    """The line in the ledger. That it could not be written does not undo the backup."""
    answer = tell(url, data, "--note-backup", json.dumps(made.about(why)))
    if answer.returncode:
        say(f"Warning: the backup stands, but the ledger could not be told: {answer.stderr.strip()[-300:]}")


def _copy_list(data: Path, folder: Path) -> None:
    """Beside the archives lies the newest list of erasures: an older archive is restored with it."""
    if text := erasures.text_of(data / "keys" / erasures.NAME):
        draft = folder / f".{erasures.BESIDE}.{os.getpid()}"
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o600)
        draft.replace(folder / erasures.BESIDE)


def target_of(asked: Path, *, keep: int | None, locked: bool) -> Path:
    """The file to write. Raises CannotDo for what cannot be written, before anything is read."""
    if keep is not None and (keep < 1 or not asked.is_dir()):
        raise CannotDo(
            "Cannot keep the newest archives: --keep wants a number from 1 on, and a folder to write to.", 2
        )
    if asked.is_dir():
        asked = asked / f"lantoa-{datetime.now(UTC):%Y%m%dT%H%M%SZ}{LOCKED if locked else PLAIN}"
    if asked.exists():
        raise CannotDo(f"Cannot write {asked}: there is a file already. Name another one, or a folder.")
    if not asked.parent.is_dir():
        raise CannotDo(f"Cannot write {asked}: there is no folder {asked.parent}.")
    if not os.access(asked.parent, os.W_OK):
        raise CannotDo(f"Cannot write {asked}: the folder {asked.parent} is closed to this account.")
    return asked.absolute()


def _in_words(made: Made, removed: tuple[str, ...], *, read_back: bool) -> str:
    manifest = made.manifest
    rows = sum(int(count) for count, _sum in manifest.tables.values())
    lines = [
        f"{made.path}: {made.size:,} bytes in {made.seconds:.1f} s",
        f"  SHA-256 {made.fingerprint}",
        f"  {rows:,} rows in {len(manifest.tables)} tables, {manifest.count_of('files'):,} files"
        f" ({manifest.bytes_of('files'):,} bytes), {manifest.count_of('keys')} keys",
        f"  {'locked' if made.locked else 'NOT ENCRYPTED: whoever can read it has everything'}"
        f"{', read back and found whole' if read_back else ', not read back: only the recipient can open it'}",
    ]
    lines += [f"  deleted: {name}" for name in removed]
    return "\n".join(lines)


def _as_json(made: Made, removed: tuple[str, ...]) -> str:
    manifest = made.manifest
    said = {
        "path": str(made.path),
        "made_at": manifest.made_at,
        "sha256": made.fingerprint,
        "size": made.size,
        "seconds": round(made.seconds, 3),
        "locked": made.locked,
        "rows": sum(int(count) for count, _sum in manifest.tables.values()),
        "files": manifest.count_of("files"),
        "keys": manifest.count_of("keys"),
        "erased_meanwhile": len(manifest.erased),
        "faults": manifest.faults,
        "deleted": list(removed),
    }
    return json.dumps(said, ensure_ascii=False, indent=2)
