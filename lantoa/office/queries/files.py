"""Where a kept file lies, and sending it; sending what was made for whoever asked."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.http import content_disposition_header

from lantoa.common.refused import N_, Refused
from lantoa.office.models import File
from lantoa.office.rules.files import MADE, Span, Unsatisfiable, span_asked

R = TypeVar("R", bound=HttpResponseBase)
CHUNK = 64 * 1024
# A file is never a page of ours: no script, no style, no frame, an origin of its own.
POLICY = "default-src 'none'; sandbox"


def path_of(file: File) -> Path:
    """Where the content lies."""
    return Path(settings.FILES_DIR) / file.stored_as


def open_file(file: File) -> BinaryIO:
    """The content, open for reading; refused with words when it is gone from the disk."""
    try:
        return path_of(file).open("rb")
    except FileNotFoundError as error:
        raise Refused(
            N_('Cannot open the file "%(name)s": its content is no longer in the file store.'), name=file.name
        ) from error


def read_file(file: File) -> bytes:
    """The whole content."""
    with open_file(file) as content:
        return content.read()


def send_file(request: HttpRequest, file: File) -> HttpResponseBase:
    """The file as a download, for a view that has asked for the right to it.

    A reader on a bad line may ask for the rest of a broken download (`Range`, guarded by `If-Range`), or whether
    theirs is still the same (`If-None-Match`). The response is never shown inside our origin.
    """
    tag = f'"{file.sha256}"'
    response: HttpResponseBase
    if tag in request.headers.get("If-None-Match", ""):
        return _guarded(HttpResponseNotModified(), file, tag)
    asked = request.headers.get("Range", "") if request.method == "GET" else ""
    if asked and request.headers.get("If-Range", tag) != tag:
        asked = ""
    try:
        span = span_asked(asked, file.size)
    except Unsatisfiable:
        response = HttpResponse(status=416)
        response.headers["Content-Range"] = f"bytes */{file.size}"
        return _guarded(response, file, tag)
    whole = Span(0, file.size)
    content = open_file(file)
    content.seek((span or whole).start)
    response = FileResponse(_Part(content, (span or whole).length), status=206 if span else 200)
    response.headers["Content-Length"] = str((span or whole).length)
    if span:
        response.headers["Content-Range"] = f"bytes {span.start}-{span.start + span.length - 1}/{file.size}"
    return _guarded(response, file, tag)


def made_file(content: bytes | str, name: str) -> HttpResponse:
    """What was made for this reader, as a download of this name, whose ending says its kind. Nobody on the way keeps
    it."""
    return as_download(HttpResponse(content), name)


def as_download(response: R, name: str) -> R:
    """The same, where the content is in the response already."""
    kind = MADE[name.rpartition(".")[2]]
    response.headers["Content-Type"] = kind.media_type + ("; charset=utf-8" if kind.shape == "text" else "")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _guarded(response: HttpResponseBase, file: File, tag: str) -> HttpResponseBase:
    response.headers["Content-Type"] = file.media_type
    response.headers["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = tag
    # Said openly so that no middleware compresses: the lengths and spans above count the file's own bytes.
    response.headers["Content-Encoding"] = "identity"
    return response


class _Part:
    """A span of an open file as an iterator that closes it."""

    def __init__(self, content: BinaryIO, length: int) -> None:
        self.content = content
        self.left = length

    def __iter__(self) -> Iterator[bytes]:
        while self.left and (chunk := self.content.read(min(CHUNK, self.left))):
            self.left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self.content.close()
