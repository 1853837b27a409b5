"""Pictures in questions: told by their first bytes, small enough for a phone on a bad line."""

import base64
from typing import Final

LARGEST_PICTURE: Final = 200 * 1024


def kind_of_picture(content: bytes) -> str | None:
    """The media type of a picture; None for anything else, SVG included (it can hold scripts)."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def data_address(media_type: str, content: bytes) -> str:
    """The picture as an address that holds it: a paper carries its pictures with it."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
