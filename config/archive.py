"""The file that a backup is: a tar of parts with a manifest at its end, locked for a passphrase or a recipient.

The parts are written and read as a stream, so that no copy in the clear lies anywhere meanwhile, and nothing has to
fit into memory. The manifest comes last: an archive without it was cut short. Locking is authenticated piece by
piece, each with its place and whether it is the last, so that a changed, exchanged, repeated or missing piece is
found (decision 0018).

    lantoa-backup 1\\n {"keys": [...]}\\n piece piece ... last piece
"""

import base64
import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

MAGIC = b"lantoa-backup 1\n"
FORMAT = 1
PIECE = 1024 * 1024  # bytes locked at a time
TAG = 16
PART = 16 * 1024 * 1024  # bytes of the dump in one member of the tar
BLOCK = 1024 * 1024
MANIFEST, MANIFEST_SUM = "manifest.json", "manifest.sha256"
LONGEST_HEAD = 64 * 1024
SCRYPT_N = 2**16  # 64 MiB and a fifth of a second for one try at the passphrase
MOST_SCRYPT_N = 2**20  # an archive cannot ask us for more
SHORTEST_PASSPHRASE = 12
_MEMBER = re.compile(r"database/\d{6}|files/[0-9a-z]{2}/[0-9a-z]{8,64}|keys/[A-Za-z0-9][A-Za-z0-9._-]{0,80}")


class CannotDo(Exception):
    """Something of the keeping of an installation cannot be done; the text says what, why and what to do."""

    def __init__(self, words: str, code: int = 1) -> None:
        super().__init__(words)
        self.code = code


class Damaged(CannotDo):
    """The archive is not what was written; nothing was touched."""


# ---- locking


@dataclass(frozen=True)
class Lock:
    """For whom an archive is locked; for nobody means that it lies in the clear."""

    passphrase: bytes = b""
    recipients: "tuple[X25519PublicKey, ...]" = ()

    def __bool__(self) -> bool:
        return bool(self.passphrase or self.recipients)


@dataclass(frozen=True)
class Opener:
    """What may open an archive."""

    passphrase: bytes = b""
    identities: "tuple[X25519PrivateKey, ...]" = ()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _scrypt(passphrase: bytes, salt: bytes, n: int) -> bytes:
    return hashlib.scrypt(passphrase, salt=salt, n=n, r=8, p=1, maxmem=n * 8 * 128 * 2, dklen=32)


def _agreed(shared: bytes, ephemeral: bytes, recipient: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt=ephemeral + recipient, info=MAGIC).derive(shared)


def _wrap(wrapping: bytes, key: bytes) -> str:
    """Each wrapping key wraps one key only, so that its nonce may be constant."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return _text(AESGCM(wrapping).encrypt(bytes(12), key, MAGIC))


def _unwrap(wrapping: bytes, wrapped: str) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(wrapping).decrypt(bytes(12), base64.b64decode(wrapped), MAGIC)
    except InvalidTag:
        return None


def _head(lock: Lock, key: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    keys: list[dict[str, Any]] = []
    if lock.passphrase:
        salt = os.urandom(16)
        wrapped = _wrap(_scrypt(lock.passphrase, salt, SCRYPT_N), key)
        keys.append({"kind": "passphrase", "n": SCRYPT_N, "salt": _text(salt), "wrapped": wrapped})
    for recipient in lock.recipients:
        own = X25519PrivateKey.generate()
        ephemeral, theirs = own.public_key().public_bytes_raw(), recipient.public_bytes_raw()
        wrapped = _wrap(_agreed(own.exchange(recipient), ephemeral, theirs), key)
        keys.append({"kind": "x25519", "ephemeral": _text(ephemeral), "wrapped": wrapped})
    return MAGIC + json.dumps({"keys": keys}).encode() + b"\n"


class LockedOut(io.RawIOBase):
    """A file to write that locks what passes. Without `finish`, which writes the last piece, it counts as cut."""

    def __init__(self, out: IO[bytes], lock: Lock) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = os.urandom(32)
        self._out = out
        self._head = _head(lock, key)
        self._cipher = AESGCM(key)
        self._waiting = bytearray()
        self._number = 0
        out.write(self._head)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        while len(self._waiting) > PIECE:  # the last piece is never written here, however full
            self._lock(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def finish(self) -> None:
        self._lock(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _lock(self, piece: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last), piece, self._head))
        self._number += 1


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


class LockedIn(io.RawIOBase):
    """A locked file as what was written into it. Raises Damaged at the first piece that is not as it was written."""

    def __init__(self, file: IO[bytes], opener: Opener) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        line = file.readline(LONGEST_HEAD)
        self._file = file
        self._head = MAGIC + line
        self._cipher = AESGCM(_key_of(line, opener))
        self._number = 0
        self._plain = b""
        self._next = file.read(PIECE + TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._plain:
            self._plain = self._open()
        taken = self._plain[: len(buffer)]
        buffer[: len(taken)] = taken
        self._plain = self._plain[len(taken) :]
        return len(taken)

    def _open(self) -> bytes:
        from cryptography.exceptions import InvalidTag

        if not self._next:
            return b""
        following = self._file.read(PIECE + TAG)
        try:
            plain = self._cipher.decrypt(_nonce(self._number, not following), self._next, self._head)
        except InvalidTag as error:
            raise Damaged(
                f"The archive is damaged or was cut short: its piece {self._number + 1} is not as it was written."
            ) from error
        self._number += 1
        self._next = following
        return plain


def _key_of(line: bytes, opener: Opener) -> bytes:
    """The archive's key, unwrapped by what the opener has. Raises CannotDo."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    try:
        keys = [(str(one["kind"]), one) for one in json.loads(line)["keys"]]
        for kind, one in keys:
            found = None
            if kind == "passphrase" and opener.passphrase and 2 <= int(one["n"]) <= MOST_SCRYPT_N:
                wrapping = _scrypt(opener.passphrase, base64.b64decode(one["salt"]), int(one["n"]))
                found = _unwrap(wrapping, one["wrapped"])
            elif kind == "x25519":
                ephemeral = base64.b64decode(one["ephemeral"])
                for identity in opener.identities:
                    shared = identity.exchange(X25519PublicKey.from_public_bytes(ephemeral))
                    theirs = identity.public_key().public_bytes_raw()
                    found = found or _unwrap(_agreed(shared, ephemeral, theirs), one["wrapped"])
            if found:
                return found
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged("The archive is damaged: its head cannot be read.") from error
    wanted = " or ".join(
        {"passphrase": "its passphrase (--passphrase-file FILE)", "x25519": "its private key (--identity FILE)"}.get(
            kind, f"a newer Lantoa ({kind})"
        )
        for kind in dict.fromkeys(kind for kind, _ in keys)
    )
    given = "what was given does not open it" if opener != Opener() else "nothing to open it was given"
    raise CannotDo(f"Cannot open the archive: it needs {wanted}, and {given}.")


def read_passphrase(file: Path) -> bytes:
    """The first line of a file. Raises CannotDo when it is too short to protect anything."""
    try:
        found = file.read_text(encoding="utf-8").split("\n", 1)[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotDo(f"Cannot read the passphrase: the file {file} cannot be read.") from error
    if len(found) < SHORTEST_PASSPHRASE:
        raise CannotDo(
            f"Cannot use the passphrase in {file}: it has {len(found)} characters,"
            f" and an archive of personal data wants at least {SHORTEST_PASSPHRASE}."
        )
    return found.encode()


def read_recipient(file: Path) -> "X25519PublicKey":
    """The public half of a key pair (PEM). Raises CannotDo."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        found = load_pem_public_key(file.read_bytes())
    except (OSError, ValueError) as error:
        raise CannotDo(
            f"Cannot lock for the recipient: {file} is not a file with a public key."
            " lantoa backup --make-key makes one."
        ) from error
    if not isinstance(found, X25519PublicKey):
        raise CannotDo(f"Cannot lock for the recipient: the key in {file} is not of the kind X25519.")
    return found


def read_identity(file: Path) -> "X25519PrivateKey":
    """The private half of a key pair (PEM). Raises CannotDo."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        found = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise CannotDo(f"Cannot open the archive: {file} is not a file with a private key in the clear.") from error
    if not isinstance(found, X25519PrivateKey):
        raise CannotDo(f"Cannot open the archive: the key in {file} is not of the kind X25519.")
    return found


def make_key(file: Path) -> Path:
    """Makes a key pair: the private half in `file` (mode 0600), the public one beside it; where that is."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    public = file.with_name(f"{file.name}.pub")
    own = X25519PrivateKey.generate()
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        with os.fdopen(os.open(public, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as out:
            out.write(own.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    except FileExistsError as error:
        raise CannotDo(f"Cannot make a key: {error.filename} exists already.") from error
    except OSError as error:
        raise CannotDo(f"Cannot make a key in {file}: {error.strerror}.") from error
    return public


# ---- the parts


Sums = dict[str, tuple[int, str]]  # member of the tar -> size, SHA-256


@dataclass
class Manifest:
    """What an archive says of itself; everything else in it is checked against this."""

    made_at: str
    lantoa: str  # version
    postgres: str  # of the server
    dump: str  # version of pg_dump
    migrations: list[list[str]]  # applied: [app, name]
    tables: dict[str, list[str]]  # table -> [rows, sum of the rows], as the snapshot has them
    parts: Sums = field(default_factory=dict)
    erased: dict[str, str] = field(default_factory=dict)  # file erased during the backup -> when
    faults: list[str] = field(default_factory=list)  # files that were missing or damaged in the installation
    demonstration: bool = False
    format: int = FORMAT

    def as_json(self) -> bytes:
        return json.dumps(self.__dict__, ensure_ascii=False, indent=1).encode()

    @classmethod
    def read(cls, text: bytes) -> "Manifest":
        """Raises Damaged, or CannotDo for the archive of a newer Lantoa."""
        try:
            found = json.loads(text)
            if int(found["format"]) > FORMAT:
                raise CannotDo(
                    f"Cannot read the archive: it is of format {found['format']}, made by a newer Lantoa"
                    f" ({found.get('lantoa')}); this one reads format {FORMAT}."
                )
            made = cls(**found)
            made.parts = {str(name): (int(size), str(digest)) for name, (size, digest) in made.parts.items()}
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged("The archive is damaged: its manifest cannot be read.") from error
        return made

    def bytes_of(self, kind: str) -> int:
        """How many bytes of `database`, `files` or `keys` it holds."""
        return sum(size for name, (size, _) in self.parts.items() if name.startswith(f"{kind}/"))

    def count_of(self, kind: str) -> int:
        return sum(name.startswith(f"{kind}/") for name in self.parts)


class Writer:
    """Writes the parts of an archive, and at last its manifest."""

    def __init__(self, out: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 (`finish`)
        self.parts: Sums = {}

    def add(self, name: str, content: bytes) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(content), 0o600
        self._tar.addfile(info, io.BytesIO(content))
        self.parts[name] = (len(content), hashlib.sha256(content).hexdigest())

    def add_file(self, name: str, file: IO[bytes]) -> str:
        """An open file as it stands; its SHA-256."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = os.fstat(file.fileno()).st_size, 0o600
        summing = _Summing(file)
        self._tar.addfile(info, summing)
        self.parts[name] = (info.size, summing.digest.hexdigest())
        return self.parts[name][1]

    def add_stream(self, folder: str, stream: IO[bytes]) -> None:
        """A stream of unknown length, as numbered parts."""
        number = 0
        while content := stream.read(PART):
            number += 1
            self.add(f"{folder}/{number:06d}", content)

    def finish(self, manifest: Manifest) -> None:
        manifest.parts = dict(self.parts)
        text = manifest.as_json()
        self.add(MANIFEST, text)
        self.add(MANIFEST_SUM, hashlib.sha256(text).hexdigest().encode())
        self._tar.close()


class _Summing:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self.digest.update(content)
        return content


@dataclass(frozen=True)
class Part:
    """A member of an archive while it is read: its name, its content once, in blocks."""

    name: str
    size: int
    _content: IO[bytes]

    def blocks(self) -> Iterator[bytes]:
        left = self.size
        while left:
            try:
                block = self._content.read(min(BLOCK, left))
            except tarfile.TarError:
                block = b""
            if not block:
                raise Damaged(f"The archive was cut short inside {self.name}.")
            left -= len(block)
            yield block


def read_parts(archive: Path, opener: Opener) -> Iterator[Part]:
    """The members in their order. Raises Damaged or CannotDo."""
    try:
        with open(archive, "rb") as file:
            begins = file.read(len(MAGIC))
            if begins == MAGIC:
                stream: Any = io.BufferedReader(LockedIn(file, opener), BLOCK)
            else:
                file.seek(0)
                stream = file
            yield from _members(stream)
    except OSError as error:
        raise CannotDo(f"Cannot read the archive {archive}: {error.strerror}.") from error


def _members(stream: IO[bytes]) -> Iterator[Part]:
    known = {MANIFEST, MANIFEST_SUM}
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for info in tar:
                content = tar.extractfile(info) if info.isreg() else None
                if content is None or not (info.name in known or _MEMBER.fullmatch(info.name)):
                    raise Damaged(f"The archive is damaged: it holds {info.name!r}, which no backup writes.")
                yield Part(info.name, info.size, content)
        while stream.read(BLOCK):  # a locked archive is genuine only when its last piece was read
            pass
    except (tarfile.TarError, EOFError) as error:
        raise Damaged("The archive is damaged or was cut short, or it is no archive of Lantoa.") from error


def check(archive: Path, opener: Opener) -> Manifest:
    """Reads everything and compares it with the manifest. Raises Damaged; writes nothing anywhere."""
    found: Sums = {}
    manifest: Manifest | None = None
    sealed = ""
    for part in read_parts(archive, opener):
        if part.name in found:
            raise Damaged(f"The archive is damaged: it holds {part.name} twice.")
        digest, kept = hashlib.sha256(), bytearray()
        for block in part.blocks():
            digest.update(block)
            if part.name in {MANIFEST, MANIFEST_SUM}:
                kept += block
        found[part.name] = (part.size, digest.hexdigest())
        if part.name == MANIFEST:
            sealed = digest.hexdigest()
            manifest = Manifest.read(bytes(kept))
        elif part.name == MANIFEST_SUM and bytes(kept).decode("ascii", "replace") != sealed:
            raise Damaged("The archive is damaged: its manifest was changed.")
    if manifest is None or MANIFEST_SUM not in found:
        raise Damaged("The archive was cut short: it has no manifest at its end.")
    compare({name: sums for name, sums in found.items() if not name.startswith("manifest.")}, manifest)
    return manifest


def compare(found: Sums, manifest: Manifest) -> None:
    """Raises Damaged, naming the first part that is not as the manifest has it."""
    for name in sorted({*found, *manifest.parts}):
        if name not in found:
            raise Damaged(f"The archive is damaged: {name} is missing.")
        if found[name] != manifest.parts.get(name):
            raise Damaged(f"The archive is damaged: {name} is not as it was written.")


def parts_of(kind: str, parts: Iterable[Part]) -> Iterator[Part]:
    """Those of one kind."""
    return (part for part in parts if part.name.startswith(f"{kind}/"))
