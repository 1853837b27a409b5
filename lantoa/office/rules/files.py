"""What an uploaded file may be: its name made harmless, its kind told by its content, its size limited."""

import re
import struct
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from lantoa.common.refused import N_, Refused

MB: Final = 1024 * 1024
LONGEST_NAME: Final = 200
LARGEST_UNPACKED: Final = 600 * MB  # what a packed file may say it holds
MOST_PARTS: Final = 10_000  # in a packed file
HEAD: Final = 4096  # bytes of a file that `Kind.begins_right` wants to see

Shape = Literal["packed", "old office", "text", "pdf", "png", "jpeg", "mp4", "mp3", "webp"]


@dataclass(frozen=True)
class Kind:
    """A kind of file the house takes: its extension, its media type, its largest size in bytes, how it begins.

    `parts`: a packed file of this kind holds one of these.
    """

    extension: str
    media_type: str
    limit: int
    shape: Shape
    parts: tuple[str, ...] = ()


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: Final[dict[str, Kind]] = {
    kind.extension: kind
    for kind in (
        Kind("xlsx", f"{_OFFICE}.spreadsheetml.sheet", 30 * MB, "packed", ("xl/workbook.xml",)),
        Kind("xls", "application/vnd.ms-excel", 30 * MB, "old office"),
        Kind("ods", "application/vnd.oasis.opendocument.spreadsheet", 30 * MB, "packed", ("content.xml",)),
        Kind("csv", "text/csv", 30 * MB, "text"),
        Kind("txt", "text/plain", 10 * MB, "text"),
        Kind("gift", "text/plain", 10 * MB, "text"),  # questions, as learning platforms write them
        Kind("xml", "application/xml", 30 * MB, "text"),
        Kind("yaml", "application/yaml", 2 * MB, "text"),
        Kind("yml", "application/yaml", 2 * MB, "text"),
        Kind("pdf", "application/pdf", 50 * MB, "pdf"),
        Kind("docx", f"{_OFFICE}.wordprocessingml.document", 30 * MB, "packed", ("word/document.xml",)),
        Kind("doc", "application/msword", 30 * MB, "old office"),
        Kind("odt", "application/vnd.oasis.opendocument.text", 30 * MB, "packed", ("content.xml",)),
        Kind("pptx", f"{_OFFICE}.presentationml.presentation", 50 * MB, "packed", ("ppt/presentation.xml",)),
        Kind("ppt", "application/vnd.ms-powerpoint", 50 * MB, "old office"),
        Kind("odp", "application/vnd.oasis.opendocument.presentation", 50 * MB, "packed", ("content.xml",)),
        Kind("png", "image/png", 10 * MB, "png"),
        Kind("jpg", "image/jpeg", 10 * MB, "jpeg"),
        Kind("jpeg", "image/jpeg", 10 * MB, "jpeg"),
        Kind("webp", "image/webp", 10 * MB, "webp"),
        Kind("mp3", "audio/mpeg", 50 * MB, "mp3"),
        Kind("mp4", "video/mp4", 200 * MB, "mp4"),
        # made here: tables with their dictionary, sheets for the printer with their index
        Kind("zip", "application/zip", 500 * MB, "packed", ("dictionary.csv", "muc-luc.csv")),
    )
}
# What is made here and never taken as a file of somebody: indices and playbooks are read as text.
MADE: Final[dict[str, Kind]] = {**KINDS, "toml": Kind("toml", "application/toml", 2 * MB, "text")}
SHEETS: Final = ("xlsx", "xls", "ods", "csv")
QUESTIONS: Final = ("xlsx", "xls", "ods", "csv", "gift", "txt", "xml")
PROGRAMME_FILES: Final = ("yaml", "yml")
MATERIALS: Final = ("pdf", "docx", "doc", "odt", "pptx", "ppt", "odp", "xlsx", "xls", "ods", "csv", "txt",
                    "png", "jpg", "jpeg", "webp", "mp3", "mp4")  # fmt: skip

_BEGINNINGS: Final[dict[str, bytes]] = {
    "packed": b"PK\x03\x04",
    "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpeg": b"\xff\xd8\xff",
}
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


def clean_name(name: str) -> str:
    """The name of an uploaded file as it is kept and shown: NFC, without folders, without control and invisible
    characters, at most 200 letters with its extension kept. A name of which nothing is left becomes "file".
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    last = _INVISIBLE.sub("", last)
    last = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter for letter in last)
    last = " ".join(last.split()).lstrip(". ")
    if not last:
        return "file"
    if len(last) <= LONGEST_NAME:
        return last
    stem, dot, extension = last.rpartition(".")
    if not dot or len(extension) > 10:
        return last[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(extension) - 1].rstrip()}.{extension}"


def kind_of(name: str, allowed: Iterable[str] | None = None) -> Kind:
    """The kind of file by its cleaned name; refused unless it is one of `allowed` (extensions; None: all
    kinds).
    """
    wanted = [KINDS[extension] for extension in allowed] if allowed is not None else list(KINDS.values())
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    for kind in wanted:
        if kind.extension == extension:
            return kind
    raise Refused(
        N_('Cannot keep the file "%(name)s": files of this kind are not taken here, only %(kinds)s.'),
        name=name,
        kinds=", ".join(f".{kind.extension}" for kind in wanted),
    )


def check_size(name: str, kind: Kind, size: int) -> None:
    """Refuses an empty file and one above the limit of its kind."""
    if size == 0:
        raise Refused(N_('Cannot keep the file "%(name)s": it is empty.'), name=name)
    if size > kind.limit:
        raise Refused(
            N_('Cannot keep the file "%(name)s": it is larger than %(limit)d MB, the most for a .%(kind)s file.'),
            name=name,
            limit=kind.limit // MB,
            kind=kind.extension,
        )


def check_beginning(name: str, kind: Kind, head: bytes) -> None:
    """Refuses a file whose first bytes (up to HEAD of them) are not those of its kind."""
    if not _begins_right(kind.shape, head):
        raise Refused(
            N_('Cannot keep the file "%(name)s": its content is not that of a .%(kind)s file.'),
            name=name,
            kind=kind.extension,
        )


def _begins_right(shape: Shape, head: bytes) -> bool:
    if shape in _BEGINNINGS:
        return head.startswith(_BEGINNINGS[shape])
    if shape == "mp4":
        return head[4:8] == b"ftyp"
    if shape == "webp":
        return head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    if shape == "mp3":
        return head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16, as Excel writes "Unicode text"
        return True
    binary = any(head.startswith(beginning) for beginning in _BEGINNINGS.values())
    return not binary and b"\x00" not in head


def check_parts(name: str, kind: Kind, opened: "str | object") -> None:
    """Refuses a packed file that is not what it says, carries macros, or would unpack beyond all measure.

    `opened` is a path or a file open for reading. Only the table of contents is read; nothing is unpacked.
    """
    try:
        with zipfile.ZipFile(opened) as archive:  # type: ignore[arg-type]
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error) as error:
        raise Refused(
            N_('Cannot keep the file "%(name)s": its content is not that of a .%(kind)s file.'),
            name=name,
            kind=kind.extension,
        ) from error
    names = {part.filename for part in parts}
    if not names & set(kind.parts):
        raise Refused(
            N_('Cannot keep the file "%(name)s": its content is not that of a .%(kind)s file.'),
            name=name,
            kind=kind.extension,
        )
    if any(part.lower().endswith("vbaproject.bin") for part in names):
        raise Refused(N_('Cannot keep the file "%(name)s": it carries macros. Save it without them.'), name=name)
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
        raise Refused(
            N_('Cannot keep the file "%(name)s": it would unpack to %(size)d MB; the most is %(limit)d MB.'),
            name=name,
            size=unpacked // MB,
            limit=LARGEST_UNPACKED // MB,
        )


@dataclass(frozen=True)
class Span:
    """Bytes of a file that a reader asked for: from `start`, `length` of them."""

    start: int
    length: int


class Unsatisfiable(Exception):
    """The bytes asked for are not in the file (HTTP 416)."""


def span_asked(header: str, size: int) -> Span | None:
    """What a `Range` header asks for (RFC 9110, 14.2): one span of bytes.

    None when the whole is to be sent: no header, several spans, or a header that says nothing we understand.
    Raises `Unsatisfiable` for a span outside the file.
    """
    found = re.fullmatch(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", header or "")
    if not found or (not found[1] and not found[2]):
        return None
    if not found[1]:
        wanted = min(int(found[2]), size)
        if wanted == 0:
            raise Unsatisfiable
        return Span(size - wanted, wanted)
    start = int(found[1])
    end = min(int(found[2]), size - 1) if found[2] else size - 1
    if found[2] and int(found[2]) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return Span(start, end - start + 1)
