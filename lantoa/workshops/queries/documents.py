"""The documents of a workshop as a pack to carry to a site whose line was down."""

import re
import zipfile
from typing import IO

from lantoa.office.queries.files import open_file
from lantoa.workshops.models import Workshop, WorkshopFile

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
CHUNK = 1 << 20


def documents_of(workshop: Workshop) -> list[WorkshopFile]:
    """Those whose file is there, in the order in which they came."""
    return list(workshop.files.filter(file__removed_at=None).select_related("file").order_by("pk"))


def write_pack(workshop: Workshop, into: IO[bytes], *, papers: list[tuple[str, bytes]]) -> int:
    """Writes a zip of all documents, in a folder a language, and of papers made just now (name, content); how many
    files. Nothing is compressed anew: slides and videos are already."""
    taken: set[str] = set()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED, allowZip64=True) as pack:
        for name, content in papers:
            taken.add(name)
            pack.writestr(name, content)
        for one in documents_of(workshop):
            extension = one.file.name.rpartition(".")[2]
            name = _free(f"{one.language}/{_UNSAFE.sub(' ', one.title).strip()[:100]}", extension, taken)
            with open_file(one.file) as source, pack.open(name, "w", force_zip64=True) as target:
                while part := source.read(CHUNK):
                    target.write(part)
    return len(taken)


def _free(name: str, extension: str, taken: set[str]) -> str:
    number, found = 1, f"{name}.{extension}"
    while found in taken:
        number += 1
        found = f"{name} ({number}).{extension}"
    taken.add(found)
    return found
