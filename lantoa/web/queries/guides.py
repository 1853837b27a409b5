"""The guides as they are shown, and the place in them that belongs to a page and its reader."""

import struct
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from lantoa.accounts.models import User
from lantoa.directory.access import roles_held
from lantoa.web.rules.guides import GUIDES, Guide, read_guide
from lantoa.web.rules.places import GUIDES_OF, place_for, places_of

FOLDER = Path(settings.BASE_DIR) / "docs" / "guide"
SHOWN = 300  # CSS pixels
PICTURES = Path(settings.BASE_DIR) / "static" / "help"


@cache
def guide(name: str, language: str) -> Guide:
    """The guide in that language; read once. KeyError when there is no such guide."""
    if name not in GUIDES:
        raise KeyError(name)
    text = (FOLDER / language / f"{name}.md").read_text(encoding="utf-8")
    return read_guide(name, text, address=address)


def guides(language: str) -> list[Guide]:
    """All of them, in the order of the list."""
    return [guide(name, language) for name in GUIDES]


@cache
def size_of_picture(language: str, name: str) -> tuple[int, int]:
    """Width and height of a picture as a page shows it: narrow enough for a telephone, sharper than it is large."""
    width, height = struct.unpack(">II", (PICTURES / language / name).read_bytes()[16:24])
    return SHOWN, height * SHOWN // width


def address(name: str, anchor: str) -> str:
    """The address of a section."""
    return f"{reverse('web:guide', args=[name])}#{anchor}"


def guides_for(reader: Any, *, on: date) -> list[str]:
    """The guides written for the roles somebody holds on that day; none for whoever is not signed in."""
    if not isinstance(reader, User) or not reader.is_active:
        return []
    held = set(roles_held([reader], on=on).values_list("role", flat=True))
    return [name for name in GUIDES if any(name in GUIDES_OF[role] for role in held)]


def place_of(page: str, reader: Any, *, on: date) -> str:
    """The address of the help for a page: in the guide of the reader's role where several fit."""
    return address(*place_for(page, guides_for(reader, on=on)).split("#"))


def way_to_help(page: str) -> str:
    """What a page links to: the place itself where there is one, else the page that chooses by the reader's role."""
    places = places_of(page)
    return address(*places[0].split("#")) if len(places) == 1 else reverse("web:help_page", args=[page])
