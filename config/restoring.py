"""`lantoa restore`: an archive becomes an installation again, on this machine or another one.

Everything is read and checked before anything is touched. Then the database is filled beside the one in use, proved
row by row against the sums that the backup took, and only then put in its place, with keys and files. What stood
there before is set aside, never deleted.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config import archive, dumping
from config.archive import CannotDo, Damaged, Manifest, Opener, Part, Sums
from config.backup import flush_folder, list_erased
from config.places import NO_DEMONSTRATION, RESTORED, RESTORING, data_folder
from config.prepare import tell
from config.processes import ROOT
from lantoa.common import erasures

if TYPE_CHECKING:
    import psycopg

Say = Callable[[str], None]
_SIGNING = "signing-*.pem"


def restore(
    url: str, data: Path, path: Path, opener: Opener, manifest: Manifest, *, replace: bool, say: Say
) -> list[str]:
    """Puts the archive, which was checked, in the place of what is there; what was set aside, in words.

    Raises CannotDo, with everything as it was.
    """
    with dumping.connect(url) as connection:
        obstacle = in_the_way(connection, data)
        if obstacle and not replace:
            raise CannotDo(
                f"Cannot restore: this installation is in use ({obstacle}).\n"
                "Restore into an empty one (another LANTOA_DATA, or an empty database), or say --replace:"
                " what is here is then set aside."
            )
        if used := dumping.used_by(connection, data):
            raise CannotDo(
                f"Cannot restore: the database is in use ({used}). Stop lantoa serve and everything else that works"
                " with it first."
            )
        list_erased(connection, data)
        name = connection.info.dbname
        server = dumping.major_of(connection)
        may_create = connection.execute(
            "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        tables = dumping.table_names(connection)
    tools = dumping.find_tools(max(server, int(manifest.dump.split(".")[0])))
    stamp = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
    drafts = Path(tempfile.mkdtemp(prefix=".restore-", dir=data))
    beside = Beside(url, name, stamp, may_create=bool(may_create and may_create[0]), tables=tables)
    try:
        beside.make()
        say("filling the database")
        _fill(url, beside.draft, tools, server, path, opener, manifest, drafts)
        say("comparing every table with the backup")
        with dumping.connect(beside.url) as filled:
            _prove(filled, manifest)
            _mark_erased(filled, manifest)
            filled.execute("ANALYZE")
        _gather_erasures(drafts / "keys", [data / "keys" / erasures.NAME, path.parent / erasures.BESIDE], say)
        (data / RESTORING).write_text(f"{path}\n")
        words = [*beside.take_place(keep=obstacle != ""), *_move(drafts, data, stamp, keep=obstacle != "")]
        (data / "stamps.json").unlink(missing_ok=True)
        if manifest.demonstration:
            (data / NO_DEMONSTRATION).unlink(missing_ok=True)
        else:
            (data / NO_DEMONSTRATION).write_text("restored from a backup\n")
        (data / RESTORED).write_text(json.dumps(_about(path, manifest, replaced=obstacle != "")))
        (data / RESTORING).unlink()
        flush_folder(data)
        return words
    except BaseException:
        beside.drop()
        raise
    finally:
        shutil.rmtree(drafts, ignore_errors=True)


def _gather_erasures(keys: Path, others: list[Path], say: Say) -> None:
    """The list of the archive, and what the lists here know beyond it; the marks of its own key count."""
    try:
        key = (keys / "ledger.key").read_bytes()
    except FileNotFoundError:
        return
    file = keys / erasures.NAME
    for other in others:
        found, foreign = erasures.read(erasures.text_of(other), key)
        if foreign:
            say(f"Warning: {foreign} lines of {other} were not written by this installation; they are left out")
        erasures.append(file, erasures.not_in(erasures.text_of(file), found, key), key)


def _about(path: Path, manifest: Manifest, *, replaced: bool) -> dict[str, Any]:
    """What the ledger keeps of a restore."""
    with open(path, "rb") as file:
        fingerprint = hashlib.file_digest(file, "sha256").hexdigest()
    rows = sum(int(count) for count, _sum in manifest.tables.values())
    return {"archive": fingerprint, "moment": manifest.made_at, "rows": rows, "replaced": replaced}


def in_the_way(connection: "psycopg.Connection[Any]", data: Path) -> str:
    """What shows that this installation is used; empty when nothing has been done in it yet.

    Every act leaves a line in the ledger: without lines and accounts there is nothing to lose.
    """
    tables = dumping.table_names(connection)
    if tables and "ledger_entry" not in tables:
        return f"its database holds tables that are not Lantoa's, such as {tables[0]}"
    for table, things in (("accounts_user", "accounts"), ("ledger_entry", "lines of the ledger")):
        if table in tables:
            row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # names of ours
            if row and row[0]:
                return f"{row[0]:,} {things}"
    if any(path.is_file() for path in (data / "files").glob("??/*")):
        return "there are files"
    if any((data / "keys").glob(_SIGNING)):
        return "there are keys that have signed certificates"
    return ""


class Beside:
    """The database that is filled beside the one in use, and takes its place."""

    def __init__(self, url: str, name: str, stamp: str, *, may_create: bool, tables: list[str]) -> None:
        self._own = url
        self._name = name
        self._stamp = stamp
        self._may_create = may_create
        self._tables = tables
        self._made = False
        self.draft = f"{name}_new_{stamp}" if may_create else name

    @property
    def url(self) -> str:
        return dumping.with_database(self._own, self.draft)

    def make(self) -> None:
        if not self._may_create:
            if self._tables:
                raise CannotDo(
                    "Cannot restore: the database has tables, and this account may not make another one beside it.\n"
                    "Give it an empty database, or the right to make one (ALTER ROLE ... CREATEDB)."
                )
            return
        self._run(("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", self.draft))
        self._made = True

    def take_place(self, *, keep: bool) -> list[str]:
        """Exchanges the two; the old one is kept under another name when there was something in it."""
        if not self._may_create:
            return []
        before = f"{self._name}_before_{self._stamp}"
        rename = "ALTER DATABASE {} RENAME TO {}"
        self._run((rename, self._name, before), (rename, self.draft, self._name))  # both or none
        self._made = False
        if keep:
            return [f"the database before it is kept under the name {before}"]
        self._run(("DROP DATABASE {}", before))
        return []

    def drop(self) -> None:
        """After a failure: nothing of the draft stays."""
        with contextlib.suppress(CannotDo):
            if self._made:
                self._run(("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.draft))

    def _run(self, *commands: tuple[str, *tuple[str, ...]]) -> None:
        import psycopg
        from psycopg import sql

        from config.prepare import NotReady, connect

        fault: Exception | None = None
        for maintenance in ("postgres", "template1"):  # nobody can rename the database they are in
            try:
                connection = connect(dumping.with_database(self._own, maintenance))
            except NotReady as error:
                fault = error
                continue
            with connection:
                try:
                    # making and dropping a database cannot stand in a transaction, renaming two must
                    with connection.transaction() if len(commands) > 1 else contextlib.nullcontext():
                        for command, *names in commands:
                            connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))
                except psycopg.Error as error:
                    raise CannotDo(f"Cannot restore: {str(error).strip()}") from error
                return
        raise CannotDo(f"Cannot restore: {fault}")


def _fill(
    url: str,
    database: str,
    tools: dumping.Tools,
    server: int,
    path: Path,
    opener: Opener,
    manifest: Manifest,
    drafts: Path,
) -> None:
    """The dump into the database, keys and files into the drafts; all compared with the manifest once more."""
    found: Sums = {}
    following: list[Part] = []
    parts = archive.read_parts(path, opener)

    def dump() -> Iterator[bytes]:
        for part in parts:
            if not part.name.startswith("database/"):
                following.append(part)
                return
            yield from _summed(part, found)

    dumping.restore(url, database, tools, server, dump())
    for folder in ("files", "keys"):
        (drafts / folder).mkdir(mode=0o700)
    for part in chain(following, parts):
        if part.name.startswith("manifest."):
            for _ in part.blocks():
                pass
            continue
        target = drafts / part.name
        target.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for block in _summed(part, found):
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
    archive.compare(found, manifest)


def _summed(part: Part, found: Sums) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for block in part.blocks():
        digest.update(block)
        yield block
    found[part.name] = (part.size, digest.hexdigest())


def _prove(filled: "psycopg.Connection[Any]", manifest: Manifest) -> None:
    """Every table holds the rows that the snapshot had."""
    sums = dumping.sums_of_tables(filled)
    for name in sorted({*sums, *manifest.tables}):
        if sums.get(name) != manifest.tables.get(name):
            had, has = manifest.tables.get(name, ["no table"])[0], sums.get(name, ["no table"])[0]
            raise CannotDo(
                f"Cannot restore: the table {name} is not as it was kept (rows then: {had}, now: {has})."
                " Nothing was changed here."
            )


def _mark_erased(filled: "psycopg.Connection[Any]", manifest: Manifest) -> None:
    """A file that was erased while the backup ran stays erased."""
    for stored_as, at in manifest.erased.items():
        filled.execute(
            "UPDATE office_file SET removed_at = %s WHERE stored_as = %s AND removed_at IS NULL", [at, stored_as]
        )


def _move(drafts: Path, data: Path, stamp: str, *, keep: bool) -> list[str]:
    words = []
    for folder in ("keys", "files"):
        place, before = data / folder, data / f"{folder}.before-{stamp}"
        if place.exists():
            place.rename(before)
        (drafts / folder).rename(place)
        if not before.exists():
            continue
        if keep:
            words.append(f"the folder of {folder} before it is kept as {before}")
        else:
            shutil.rmtree(before)
    return words


def unknown_steps(manifest: Manifest) -> list[str]:
    """Steps of the database that this code does not know: then a newer Lantoa made the archive."""
    rooms = {path.parent.name for path in (ROOT / "lantoa").glob("*/migrations")}
    return [
        f"{app} {step}"
        for app, step in manifest.migrations
        if app in rooms and not (ROOT / "lantoa" / app / "migrations" / f"{step}.py").exists()
    ]


# ---- the command


def parser() -> argparse.ArgumentParser:
    """The options of `lantoa restore`."""
    result = argparse.ArgumentParser(
        prog="lantoa restore",
        description="Check an archive of `lantoa backup`; with --apply put it in the place of an empty installation.",
        epilog="Without --apply nothing is changed: use that to check your backups.",
    )
    result.add_argument("archive", type=Path, metavar="FILE")
    result.add_argument("--apply", action="store_true", help="restore it")
    result.add_argument(
        "--replace", action="store_true", help="also where an installation is in use: it is set aside, not deleted"
    )
    result.add_argument("--passphrase-file", type=Path, metavar="FILE", help="the passphrase it was locked with")
    result.add_argument(
        "--identity", type=Path, action="append", metavar="FILE", help="the private key it was locked for"
    )
    result.add_argument("--json", action="store_true", help="say what it holds for a machine")
    return result


def restore_command(arguments: list[str]) -> int:
    """`lantoa restore`; the exit code. Raises CannotDo."""
    options = parser().parse_args(arguments)
    file = options.passphrase_file or os.environ.get("LANTOA_BACKUP_PASSPHRASE_FILE")
    opener = Opener(
        archive.read_passphrase(Path(file)) if file else b"",
        tuple(archive.read_identity(one) for one in options.identity or []),
    )
    manifest = archive.check(options.archive, opener)
    if unknown := unknown_steps(manifest):
        raise CannotDo(
            f"Cannot restore: the archive was made by a newer Lantoa ({manifest.lantoa}); this one does not know"
            f" {unknown[0]}. Restore it with that version or a newer one."
        )
    print(_as_json(manifest) if options.json else _in_words(manifest))
    if not options.apply:
        if not options.json:
            print("\nNothing was changed. Restore it: --apply")
        return 0
    data = data_folder()
    from config.cli import database

    def say(words: str) -> None:
        print(words, file=sys.stderr, flush=True)

    with database():
        try:
            aside = restore(
                os.environ["DATABASE_URL"], data, options.archive, opener, manifest, replace=options.replace, say=say
            )
            taken = tell(os.environ["DATABASE_URL"], data, "--take-over")
        except Damaged:
            raise
        except OSError as error:
            raise CannotDo(f"Cannot restore: {error.strerror} ({error.filename}).") from error
    for words in aside:
        say(words)
    if taken.returncode:
        raise CannotDo(
            "Restored, but the erasures since the backup could not be done again; lantoa serve tries it before its"
            f" first page.\n{taken.stderr.strip()[-2000:]}"
        )
    if taken.stdout.strip():
        say(taken.stdout.strip("\n"))
    say(
        "Restored, every table as it was kept. Start it with lantoa serve;"
        " check it with lantoa doctor and lantoa verify-ledger."
    )
    return 0


def _in_words(manifest: Manifest) -> str:
    rows = sum(int(count) for count, _sum in manifest.tables.values())
    lines = [
        f"Made at {manifest.made_at} by Lantoa {manifest.lantoa}, PostgreSQL {manifest.postgres};"
        " read to its end: whole.",
        f"  {rows:,} rows in {len(manifest.tables)} tables, {manifest.count_of('files'):,} files"
        f" ({manifest.bytes_of('files'):,} bytes), {manifest.count_of('keys')} keys",
        *(["  It holds the demonstration."] if manifest.demonstration else []),
        *(f"  Already when it was made, {fault}." for fault in manifest.faults),
    ]
    return "\n".join(lines)


def _as_json(manifest: Manifest) -> str:
    said = {
        "made_at": manifest.made_at,
        "lantoa": manifest.lantoa,
        "postgres": manifest.postgres,
        "rows": sum(int(count) for count, _sum in manifest.tables.values()),
        "tables": {name: int(count) for name, (count, _sum) in manifest.tables.items()},
        "files": manifest.count_of("files"),
        "keys": manifest.count_of("keys"),
        "demonstration": manifest.demonstration,
        "faults": manifest.faults,
    }
    return json.dumps(said, ensure_ascii=False, indent=2)
