"""Every address x every role x both languages, on a phone: nothing is hidden from anybody, nothing is too heavy.

Which pages there are is found by `pages.py`, which asks every address of the URL configuration for every account of
the demonstration and for nobody. A NEW ADDRESS needs a line in THINGS of tests/house/test_rights.py.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from house.urls import all_urls
from journeys.browser import FIRST_VISIT, LATER, PHONE, Reader, Visit
from journeys.town import Town
from playwright.sync_api import Browser

ROOMS = sorted({url.name.partition(":")[0] for url in all_urls()})
LANGUAGES = [code for code, _name in settings.LANGUAGES]
# Pages that must not be the same twice: they follow work that goes on meanwhile.
CHANGES_BY_ITSELF = {"office:job", "web:looks", "web:person_data"}  # looking writes a look, which is shown or counted
CHANGES_BY_ITSELF |= {"exams:my_exam"}  # with scripts it is the page that survives a dead line (decision 0025)
CHANGES_BY_ITSELF |= {"exams:rooms", "exams:room"}  # they say the second at which they looked (decision 0029)
CHANGES_BY_ITSELF |= {"exams:room_preflight"}  # scripts measure the line and the clock of this device
CHANGES_BY_ITSELF |= {  # they say how late it is, and the second at which they looked (decision 0033)
    f"workshops:{name}"
    for name in (
        "chair",
        "seat",
        "hall",
        "booth",
        "faults",
        "poll",
        "site_floor",
        "desk",
        "site_roll",
        "check_site",
        "slides",
        "own_sites",
    )
}
NO_FOOTER = {"training:offline", "training:wall", "workshops:hall"}  # a file to keep, a page for the projector
SECRET = re.compile(r"\S{60,}")  # addresses with tokens


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("room", ROOMS)
def test_every_page_of_a_room_is_sound_on_a_phone(room: str, language: str, chromium: Browser, town: Town) -> None:
    found = town.found
    wrong: list[str] = []
    with _readers(chromium, town, found["sessions"], language) as reader:
        for page in found["pages"]:
            if page["room"] == room:
                with_scripts, without = reader(page["reader"], True), reader(page["reader"], False)
                faults = list(_faults(page, with_scripts, without, language))
                who = page["reader"] or "nobody"
                wrong += [f"{page['name']} {page['address']} ({who}): {fault}" for fault in faults]
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_walk_sees_pages_of_every_room_and_of_every_reader(town: Town) -> None:
    found = town.found

    assert {page["room"] for page in found["pages"]} == set(ROOMS) - {"presence"}
    assert {page["reader"] for page in found["pages"]} == {"", *found["sessions"]}


@contextmanager
def _readers(browser: Browser, town: Town, sessions: dict[str, str], language: str) -> Iterator[Any]:
    readers: dict[tuple[str, bool], Reader] = {}

    def reader(name: str, javascript: bool) -> Reader:
        key = (name, javascript)
        if key not in readers:
            readers[key] = Reader(
                browser, town, session=sessions.get(name, ""), language=language, javascript=javascript
            )
        return readers[key]

    yield reader
    for one in readers.values():
        one.close()


def _faults(page: dict[str, Any], reader: Reader, without: Reader, language: str) -> Iterator[str]:
    visit = reader.visit(page["address"])
    seen = visit.seen
    if visit.status != page["status"]:
        yield f"answered {visit.status}, not {page['status']}"
    if seen["lang"] != language:
        yield f"says it is in {seen['lang']!r}"
    if seen["headings"] != 1:
        yield f"{seen['headings']} headings of the first level"
    if not seen["title"].removesuffix("– Lantoa").strip():
        yield "no title"
    if seen["width"] > PHONE["width"]:
        yield f"{seen['width']} px wide: {seen['widest']}"
    if not seen["help"] and page["name"] not in NO_FOOTER:
        yield "no way to help in its footer"
    yield from visit.complaints
    yield from _too_heavy(visit, reader)
    yield from reader.faults()
    plain = without.visit(page["address"]).seen
    if plain["width"] > PHONE["width"]:
        yield f"{plain['width']} px wide without scripts: {plain['widest']}"
    if page["name"] not in CHANGES_BY_ITSELF and _words(plain) != _words(seen):
        yield f"other words without scripts: {sorted(_words(plain) ^ _words(seen))[:12]}"


def _words(seen: dict[str, Any]) -> set[str]:
    return set(SECRET.sub("", seen["main"]).split())


KNOWN: dict[str, int] = {}  # what each style, script and font costs when it comes over the line


def _too_heavy(visit: Visit, reader: Reader) -> Iterator[str]:
    first = {path: size for path, size in visit.parts.items() if size > KNOWN.get(path, 0)}
    KNOWN.update(first)
    whole = visit.document + sum(KNOWN.get(path, 0) for path in visit.parts)
    if whole > FIRST_VISIT:
        yield f"{whole:,} bytes at a first visit (at most {FIRST_VISIT:,})"
    if visit.document > LATER:
        yield f"{visit.document:,} bytes at a later visit (at most {LATER:,})"
