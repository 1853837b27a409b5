"""Throwaway clusters for tests and for `lantoa run`: swept when their owner was killed."""

import fcntl
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from config.keeper import Keeper
from config.postgres import hold
from config.programs import CannotStart, account_for, reaches

SWEEP_SECONDS = 60.0  # a scratch folder younger than this is left alone
PREFIX = "lantoa_scratch_"  # of databases, followed by the second they were made in
FOLDER_PREFIX = "lantoa-scratch-"
_ABANDONED = """
    SELECT datname FROM pg_database
    WHERE datname LIKE %s AND split_part(datname, '_', 3)::bigint < extract(epoch FROM now()) - %s
      AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = pg_database.oid)
"""


def scratch_folder(kind: str = "run") -> Path:
    """A new folder for a throwaway cluster, after sweeping those whose owners were killed."""
    account = account_for(Path("/nonexistent"))
    for parent in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        if parent.is_dir() and os.access(parent, os.W_OK) and reaches(parent, account):
            sweep(parent)
            folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{kind}-", dir=parent))
            folder.chmod(0o711 if account.uid is not None else 0o700)
            return folder
    raise CannotStart("Cannot make a scratch database: no temporary folder can be written. Set TMPDIR.")


def sweep(parent: Path) -> list[Path]:
    """Delete the scratch folders below `parent` that are ours and that no keeper holds any more."""
    swept = []
    for folder in sorted(parent.glob(f"{FOLDER_PREFIX}*")):
        try:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
                continue
            if time.time() - found.st_mtime < SWEEP_SECONDS:
                continue  # perhaps just being made
            lock = os.open(folder / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            keeper = Keeper(folder, True)
            keeper.remove_leftovers()
            shutil.rmtree(folder, ignore_errors=True)
            swept.append(folder)
        except BlockingIOError:
            pass  # in use
        finally:
            os.close(lock)
    return swept


@contextmanager
def scratch_database(say: Callable[[str], None] = lambda _: None) -> Iterator[Path]:
    """A database and a folder for one piece of work: DATABASE_URL and LANTOA_DATA name them meanwhile.

    On the server of DATABASE_URL when that is set (its account must be allowed to make databases), else a cluster
    of its own. Removed at the end; when we are killed, by the cluster's keeper or by the next call.
    Raises CannotStart.
    """
    server = os.environ.get("DATABASE_URL", "")
    folder = scratch_folder()
    before = {name: os.environ.get(name) for name in ("DATABASE_URL", "LANTOA_DATA")}
    try:
        with _beside(server, folder) if server else _cluster(folder, say) as url:
            os.environ |= {"DATABASE_URL": url, "LANTOA_DATA": str(folder)}
            yield folder
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _cluster(folder: Path, say: Callable[[str], None]) -> Iterator[str]:
    with hold(folder, throwaway=True, say=say) as session:
        yield session.url


@contextmanager
def _beside(server: str, folder: Path) -> Iterator[str]:
    """A database of its own on a server. The connection held to it shows others that it is in use."""
    import psycopg
    from psycopg import sql

    lock = os.open(folder / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)  # no sweep takes the folder from us
    try:
        own = psycopg.connect(server, autocommit=True)
        with own:
            for (name,) in own.execute(_ABANDONED, [PREFIX + "%", SWEEP_SECONDS]).fetchall():
                own.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            name = f"{PREFIX}{int(time.time())}_{os.getpid()}_{secrets.token_hex(3)}"
            own.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise CannotStart(
            f"Cannot make a scratch database on the server that DATABASE_URL names: {str(error).strip()}\n"
            "Its account needs the right to make databases (ALTER ROLE ... CREATEDB), or unset DATABASE_URL."
        ) from error
    parts = urlsplit(server)
    url = urlunsplit(parts._replace(path=f"/{name}"))
    if not parts.netloc:  # urlunsplit drops the slashes of an empty host
        url = f"{parts.scheme}:///{name}" + (f"?{parts.query}" if parts.query else "")
    holder = psycopg.connect(url, autocommit=True)
    try:
        yield url
    finally:
        holder.close()
        os.close(lock)
        with psycopg.connect(server, autocommit=True) as own:
            own.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
