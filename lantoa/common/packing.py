"""Pages that are the same but for a few places, sent as gzip: what is the same is compressed once (decision 0036).

Deflate lets blocks that were made apart stand behind one another (RFC 1951): those of the pieces are made when the
page is rendered first, and only a reader's own texts are packed for each answer, each by itself: what one says never
shows in how small another becomes.
"""

import secrets
import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import Final

LEVEL: Final = 6
SMALL: Final = 256  # bytes: compressing them costs more than sending them
PADDING: Final = 100  # letters at most, of a name in the head: the length tells nothing (BREACH)
_HEAD: Final = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"  # gzip, with a name, of no hour and no system
_END: Final = b"\x03\x00"  # an empty last block


def packed(text: bytes) -> bytes:
    """Deflate blocks that say this, behind which others may stand."""
    if not text:
        return b""
    if len(text) <= SMALL:
        return struct.pack("<BHH", 0, len(text), len(text) ^ 0xFFFF) + text
    made = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return made.compress(text) + made.flush(zlib.Z_FULL_FLUSH)


def zipped(parts: Iterable[tuple[bytes, bytes]]) -> bytes:
    """One gzip of these parts, each as it is and packed."""
    check, size, blocks = 0, 0, [_HEAD, b"a" * secrets.randbelow(PADDING), b"\0"]
    for text, block in parts:
        check, size = zlib.crc32(text, check), size + len(text)
        blocks.append(block)
    return b"".join([*blocks, _END, struct.pack("<LL", check, size & 0xFFFFFFFF)])


def filled_in(pieces: Sequence[tuple[bytes, bytes]], texts: Sequence[str]) -> bytes:
    """The pieces with a text between each two of them, as gzip."""

    def parts() -> Iterable[tuple[bytes, bytes]]:
        for at, piece in enumerate(pieces):
            yield piece
            if at < len(texts):
                own = texts[at].encode()
                yield own, packed(own)

    return zipped(parts())
