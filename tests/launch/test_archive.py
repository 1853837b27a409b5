"""The file that a backup is: locked, read back, and refused when one byte of it is not as it was written."""

import io
import os
import stat
import tarfile
from contextlib import nullcontext
from pathlib import Path

import pytest

from config import archive, dumping
from config.archive import CannotDo, Damaged, Lock, LockedIn, LockedOut, Manifest, Opener, Writer
from config.dumping import Tools

PASSPHRASE = b"mot hai ba bon nam sau"
OPEN, NOTHING = Lock(), Opener()


def manifest() -> Manifest:
    return Manifest(
        made_at="2026-11-22T01:00:00+00:00",
        lantoa="0.1.0",
        postgres="18.6",
        dump="18.6",
        migrations=[["ledger", "0001_initial"]],
        tables={"ledger_entry": ["2", "77"]},
    )


def written(path: Path, lock: Lock = OPEN, *, dump: bytes = b"dump" * 1000) -> Path:
    with open(path, "wb") as out:
        sealed = LockedOut(out, lock) if lock else None
        writer = Writer(sealed or out)  # type: ignore[arg-type]
        writer.add_stream("database", io.BytesIO(dump))
        writer.add("keys/ledger.key", b"k" * 32)
        writer.add("files/ab/abcdef0123456789", "nội dung".encode())
        writer.finish(manifest())
        if sealed:
            sealed.finish()
    return path


def refusal(path: Path, opener: Opener = NOTHING) -> str:
    with pytest.raises(CannotDo) as found:
        archive.check(path, opener)
    return str(found.value)


def pair(folder: Path, name: str = "backup.key") -> tuple[Path, Path]:
    return folder / name, archive.make_key(folder / name)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tar")
    assert archive.check(path, Opener()).tables == {"ledger_entry": ["2", "77"]}
    contents = {part.name: b"".join(part.blocks()) for part in archive.read_parts(path, Opener())}
    assert contents["files/ab/abcdef0123456789"].decode() == "nội dung"
    assert contents["database/000001"] == b"dump" * 1000


def test_a_long_dump_is_kept_in_parts(tmp_path: Path) -> None:
    dump = os.urandom(archive.PART + 5)
    path = written(tmp_path / "a.tar", dump=dump)
    found = archive.check(path, Opener())
    assert [name for name in found.parts if name.startswith("database/")] == ["database/000001", "database/000002"]
    blocks = [
        block for part in archive.parts_of("database", archive.read_parts(path, Opener())) for block in part.blocks()
    ]
    assert b"".join(blocks) == dump


def test_a_locked_archive_shows_nothing_of_what_it_holds(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tar.locked", Lock(PASSPHRASE))
    raw = path.read_bytes()
    assert raw.startswith(b"lantoa-backup 1\n")
    for secret in (b"ledger", b"dump", b"k" * 32, "nội dung".encode(), b"manifest"):
        assert secret not in raw


def test_the_passphrase_and_each_recipient_open_it_and_nobody_else(tmp_path: Path) -> None:
    (mine, mine_public), (other, other_public) = pair(tmp_path), pair(tmp_path, "other.key")
    (third, _) = pair(tmp_path, "third.key")
    recipients = (archive.read_recipient(mine_public), archive.read_recipient(other_public))
    path = written(tmp_path / "a.tar.locked", Lock(PASSPHRASE, recipients))
    for opener in (
        Opener(PASSPHRASE),
        Opener(identities=(archive.read_identity(mine),)),
        Opener(identities=(archive.read_identity(third), archive.read_identity(other))),
    ):
        assert archive.check(path, opener).lantoa == "0.1.0"
    wanted = (
        "Cannot open the archive: it needs its passphrase (--passphrase-file FILE)"
        " or its private key (--identity FILE)"
    )
    assert refusal(path) == f"{wanted}, and nothing to open it was given."
    assert refusal(path, Opener(b"another passphrase")) == f"{wanted}, and what was given does not open it."
    assert (
        refusal(path, Opener(identities=(archive.read_identity(third),)))
        == f"{wanted}, and what was given does not open it."
    )


@pytest.mark.parametrize("lock", [Lock(), Lock(PASSPHRASE)], ids=["open", "locked"])
def test_an_archive_that_was_cut_short_anywhere_is_refused(tmp_path: Path, lock: Lock) -> None:
    whole = written(tmp_path / "whole", lock, dump=os.urandom(3 * archive.PIECE)).read_bytes()
    cut = tmp_path / "cut"
    # the last two blocks of a tar are empty: without them nothing is missing
    longest = len(whole) - (20 * 512 if not lock else 1)
    for length in [*range(0, longest, len(whole) // 23), longest - 1024, longest]:
        cut.write_bytes(whole[:length])
        assert isinstance(pytest.raises(Damaged, archive.check, cut, Opener(lock.passphrase)).value, Damaged), length


@pytest.mark.parametrize("lock", [Lock(), Lock(PASSPHRASE)], ids=["open", "locked"])
def test_one_changed_byte_is_found(tmp_path: Path, lock: Lock) -> None:
    path = written(tmp_path / "whole", lock)
    whole = path.read_bytes()
    for place in (whole.index(b"dumpdump") + 9 if not lock else len(whole) // 2, len(whole) // 3):
        changed = bytearray(whole)
        changed[place] ^= 1
        if not lock and changed[place] ^ 1 == 0:
            continue  # the padding of a tar says nothing
        path.write_bytes(changed)
        pytest.raises(Damaged, archive.check, path, Opener(lock.passphrase))


def test_pieces_cannot_be_exchanged_or_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "a", Lock(PASSPHRASE), dump=os.urandom(4 * archive.PIECE))
    whole = path.read_bytes()
    begins = whole.index(b"\n", len(archive.MAGIC)) + 1
    size = archive.PIECE + archive.TAG
    first, second = whole[begins : begins + size], whole[begins + size : begins + 2 * size]
    rest = whole[begins + 2 * size :]
    for pieces, number in ((second + first + rest, 1), (first + rest, 2), (first + second + second + rest, 3)):
        path.write_bytes(whole[:begins] + pieces)
        assert refusal(path, Opener(PASSPHRASE)) == (
            f"The archive is damaged or was cut short: its piece {number} is not as it was written."
        )


def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"PK\3\4 not an archive" * 1000)
    assert refusal(tmp_path / "a") == "The archive is damaged or was cut short, or it is no archive of Lantoa."
    assert (
        refusal(tmp_path / "nowhere") == f"Cannot read the archive {tmp_path / 'nowhere'}: No such file or directory."
    )


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "keys/../../evil", "files/ab/..", "keys/.hidden", "more"])
def test_a_member_that_no_backup_writes_is_refused(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "a", "w") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    assert refusal(tmp_path / "a") == f"The archive is damaged: it holds {name!r}, which no backup writes."


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = tarfile.TarInfo("keys/ledger.key")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(tmp_path / "a", "w") as tar:
        tar.addfile(link)
    assert refusal(tmp_path / "a") == "The archive is damaged: it holds 'keys/ledger.key', which no backup writes."


def test_the_archive_of_a_newer_format_is_named(tmp_path: Path) -> None:
    newer = manifest()
    newer.format, newer.lantoa = 2, "9.0"
    with open(tmp_path / "a", "wb") as out:
        Writer(out).finish(newer)
    assert refusal(tmp_path / "a") == (
        "Cannot read the archive: it is of format 2, made by a newer Lantoa (9.0); this one reads format 1."
    )


def test_the_private_key_is_closed_to_others_and_never_overwritten(tmp_path: Path) -> None:
    private, public = pair(tmp_path)
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    with pytest.raises(CannotDo, match=f"Cannot make a key: {private} exists already."):
        archive.make_key(private)
    with pytest.raises(CannotDo, match="is not a file with a public key"):
        archive.read_recipient(private)
    with pytest.raises(CannotDo, match="is not a file with a private key in the clear"):
        archive.read_identity(public)


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("matkhau\n")
    with pytest.raises(CannotDo) as found:
        archive.read_passphrase(tmp_path / "p")
    assert str(found.value) == (
        f"Cannot use the passphrase in {tmp_path / 'p'}: it has 7 characters,"
        " and an archive of personal data wants at least 12."
    )


def test_a_reader_of_a_locked_stream_gets_any_size_it_asks_for() -> None:
    out = io.BytesIO()
    sealed = LockedOut(out, Lock(PASSPHRASE))
    content = os.urandom(2 * archive.PIECE)  # the last piece is exactly full
    sealed.write(content)
    sealed.finish()
    out.seek(len(archive.MAGIC))
    assert io.BufferedReader(LockedIn(out, Opener(PASSPHRASE)), 1000).read() == content


NOISY = """#!/bin/sh
# Complains of more than a pipe holds, before and after its work.
complain() {
    i=0
    while [ $i -lt 3000 ]; do echo "warning: a long line about something, $i of many" >&2; i=$((i + 1)); done
}
complain
work
complain
echo "the last word" >&2
exit CODE
"""


def noisy(folder: Path, name: str, work: str, code: int) -> Tools:
    program = folder / name
    program.write_text(NOISY.replace("work\n", f"{work}\n", 1).replace("CODE", str(code)))
    program.chmod(0o755)
    return Tools(folder, "18.0")


@pytest.mark.parametrize("code", [0, 1])
def test_a_program_that_complains_without_end_does_not_hold_up_a_backup(tmp_path: Path, code: int) -> None:
    tools = noisy(tmp_path, "pg_dump", "printf content", code)
    refused = pytest.raises(CannotDo, match="Cannot back up the database: .* the last word$")
    with refused if code else nullcontext(), dumping.dump("postgresql://a@/b", tools, "s") as stream:
        assert stream.read() == b"content"


@pytest.mark.parametrize("code", [0, 1])
@pytest.mark.parametrize("server", [18, 15])
def test_a_program_that_complains_without_end_does_not_hold_up_a_restore(
    tmp_path: Path, server: int, code: int
) -> None:
    taken = tmp_path / "taken"
    copy = f"cat > '{taken}'"
    tools = noisy(tmp_path, "pg_restore", copy if server == 18 else "cat", code)
    if server == 15:
        noisy(tmp_path, "psql", copy, 0)
    refused = pytest.raises(CannotDo, match="Cannot restore the database: .* the last word$")
    with refused if code else nullcontext():
        dumping.restore("postgresql://a@/b", "", tools, server, [b"line\n" * 50_000] * 3)
    if not code:
        assert taken.read_bytes() == b"line\n" * 150_000
