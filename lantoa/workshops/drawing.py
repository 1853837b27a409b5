"""Draws the pages of a PDF as pictures, in a process of its own (decision 0049).

A file from outside is read by a library in C++: what it breaks there is that process and nothing else. It is given
a path and says on its standard output how many pages there are, then for each page two pictures, each with its
length before it. It knows neither the database nor a setting.
"""

import io
import struct
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

from lantoa.workshops.rules.slides import LARGEST, MOST_PAGES, SMALL, WIDE

QUIET_SECONDS: Final = 60.0  # a page that takes longer is none
MOST_MEMORY: Final = 2 * 1024**3
QUALITY: Final = 70  # of WebP: letters stay sharp, and a slide is 20 to 60 KB
NUMBER: Final = struct.Struct(">I")
LOCKED: Final = 3  # what the process ends with when a password is asked for
BROKEN: Final = 4
_BOOT: Final = """
import sys
sys.path.insert(0, sys.argv[1])
from lantoa.workshops.drawing import main
sys.exit(main(sys.argv[2], int(sys.argv[3]), sys.stdout.buffer))
"""


class Undrawable(Exception):
    """The pages cannot be drawn; `why` is "broken", "locked" or "pages"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def drawn(path: Path, first: int = 1) -> Generator[tuple[int, bytes, bytes]]:
    """How many pages there are, with each page from that one on: (of, small, wide). Raises Undrawable."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-X", "utf8", "-P", "-c", _BOOT, str(root), str(path), str(first)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        watch = _Watch(process)
        try:
            of = _number(process.stdout)
            if of is None:
                raise Undrawable("locked" if process.wait() == LOCKED else "broken")
            if of > MOST_PAGES:
                raise Undrawable("pages")
            for _page in range(first, of + 1):
                watch.rests()
                small, wide = _picture(process.stdout), _picture(process.stdout)
                if small is None or wide is None:
                    raise Undrawable("broken")
                watch.stops()  # whoever takes the pages may take their time
                yield of, small, wide
        finally:
            watch.stops()
            process.kill()


class _Watch:
    """Ends a process that says nothing for too long."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._timer: threading.Timer | None = None
        self.rests()

    def rests(self) -> None:
        self.stops()
        self._timer = threading.Timer(QUIET_SECONDS, self._process.kill)
        self._timer.daemon = True
        self._timer.start()

    def stops(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def _number(said: IO[bytes]) -> int | None:
    found = said.read(NUMBER.size)
    return int(NUMBER.unpack(found)[0]) if len(found) == NUMBER.size else None


def _picture(said: IO[bytes]) -> bytes | None:
    length = _number(said)
    if length is None or not 0 < length <= LARGEST:
        return None
    found = said.read(length)
    return found if len(found) == length else None


# ---- in the process of its own


def main(path: str, first: int, into: BinaryIO) -> int:
    """Draws from that page on."""
    _hold_back()
    import pypdfium2
    from pypdfium2.raw import FPDF_ERR_PASSWORD

    try:
        document = pypdfium2.PdfDocument(path)
        of = len(document)
    except pypdfium2.PdfiumError as error:
        return LOCKED if error.err_code == FPDF_ERR_PASSWORD else BROKEN
    if not of:
        return BROKEN
    into.write(NUMBER.pack(of))
    into.flush()
    for number in range(first, min(of, MOST_PAGES) + 1):
        for picture in _pictures(document[number - 1]):
            into.write(NUMBER.pack(len(picture)) + picture)
        into.flush()
    return 0


def _pictures(page: Any) -> Iterator[bytes]:
    """Small and wide."""
    width, height = page.get_size()
    image = page.render(scale=WIDE / max(width, height, 1.0)).to_pil().convert("RGB")
    for side in (SMALL, WIDE):
        smaller = image.copy()
        smaller.thumbnail((side, side))
        written = io.BytesIO()
        smaller.save(written, "WEBP", quality=QUALITY, method=4)
        yield written.getvalue()


def _hold_back() -> None:
    try:
        import resource
    except ImportError:  # a machine without such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
