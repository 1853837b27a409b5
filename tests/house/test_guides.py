"""The guides cannot drift from the pages: every address has its place, every quoted word stands in the product.

A NEW ADDRESS falls under the line of its room in `lantoa/web/rules/places.py`; give it a line of its own there when a
section speaks of it. A NEW ROOM needs a line. A word of a page that was changed is changed in docs/guide/ too.
"""

import re
from functools import cache
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve
from factories import unit, user
from house.test_habits import nothing
from house.urls import all_urls

from lantoa.directory.models import Role
from lantoa.directory.permissions import BY_TOKEN, ROLES
from lantoa.web.queries.guides import FOLDER, PICTURES, guide, guides
from lantoa.web.rules.guides import GUIDES, read_guide
from lantoa.web.rules.places import GUIDES_OF, PLACES, is_page, place_for, places_of

LANGUAGES = [code for code, _name in settings.LANGUAGES]
GAP = re.compile(r"%\(\w+\)[sd]|%[sd]")
HREF = re.compile(r'href="([^"]+)"')
LARGEST, ALL = 40_000, 2_500_000  # bytes of a picture, and of all


def pages() -> list[str]:
    """The names of all addresses that are for people."""
    return [url.name for url in all_urls() if url.permission != BY_TOKEN]


def sections(language: str) -> set[str]:
    """Every section of every guide, as `guide#anchor`."""
    return {f"{one.name}#{section.anchor}" for one in guides(language) for section in one.sections}


@cache
def messages() -> dict[str, set[str]]:
    """Every message of the product -> its Vietnamese words; what differs from page to page is written as one sign."""
    found: dict[str, set[str]] = {}
    for path in sorted((Path(settings.BASE_DIR) / "locale" / "vi").glob("*.po")):
        for entry in polib.pofile(str(path)):
            said = [entry.msgstr, *entry.msgstr_plural.values()]
            for words in filter(None, (entry.msgid, entry.msgid_plural)):
                found.setdefault(plain(words), set()).update(plain(one) for one in said if one)
    return found


def plain(words: str) -> str:
    return GAP.sub("…", words).replace("%%", "%").strip()


# ---- places


def test_every_page_has_a_place_in_the_guides() -> None:
    nothing([f"{name}: give its room a line in lantoa/web/rules/places.py" for name in pages() if not is_page(name)])


def test_every_line_of_places_is_for_an_address_that_stands() -> None:
    names = pages()

    nothing([line for line in PLACES if not any(name.startswith(line) for name in names)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_stands_in_every_language(language: str) -> None:
    wanted = {place for line in PLACES for place in PLACES[line].split()}

    assert wanted - sections(language) == set()


def test_the_first_place_in_a_guide_of_the_readers_role_is_theirs() -> None:
    assert places_of("training:meeting") == ["lecturer#code", "officer#presence"]
    assert place_for("training:meeting", ["lecturer", "officer"]) == "lecturer#code"
    assert place_for("training:meeting", ["officer"]) == "officer#presence"
    assert place_for("training:meeting", ["auditor"]) == "lecturer#code"
    assert places_of("training:meetings") == ["officer#numbers"]
    assert place_for("office:show_import", GUIDES_OF["unit_coordinator"]) == "coordinator#figures"
    assert place_for("office:show_import", GUIDES_OF["programme_officer"]) == "officer#import"
    assert place_for("nowhere:at_all", []) == "start#desk"


def test_every_role_has_its_guide_and_every_guide_its_readers() -> None:
    assert set(GUIDES_OF) == set(ROLES)
    assert {name for named in GUIDES_OF.values() for name in named} | {"start"} == set(GUIDES)


# ---- the pages of help


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_is_reached_from_the_list_of_help(language: str, client: Client, db: None) -> None:
    client.cookies["django_language"] = language
    listed = set(HREF.findall(client.get("/help/").content.decode()))

    assert {f"/help/{place.replace('#', '/#')}" for place in sections(language)} - listed == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_link_of_a_guide_is_dead(language: str, client: Client, db: None) -> None:
    client.cookies["django_language"] = language
    known, found = sections(language), []
    for name in GUIDES:
        text = client.get(f"/help/{name}/").content.decode()
        anchors = set(re.findall(r' id="([^"]+)"', text))
        main = text[text.index("<main") : text.index("</main>")]
        for href in HREF.findall(main):
            address, _hash, anchor = href.partition("#")
            if address.startswith("/help/") and anchor:
                dead = f"{address.removeprefix('/help/').strip('/')}#{anchor}" not in known
            elif address:
                resolve(address)
                dead = False
            else:
                dead = anchor not in anchors
            if dead:
                found.append(f"{language} {name}: {href}")
    nothing(found)


@pytest.mark.parametrize(
    ("role", "place"),
    [(Role.LECTURER, "/help/lecturer/#code"), (Role.PROGRAMME_OFFICER, "/help/officer/#presence")],
)
def test_help_with_a_page_chooses_the_guide_of_the_readers_role(
    role: str, place: str, client: Client, db: None
) -> None:
    client.force_login(user(role, on=unit()))

    assert client.get("/help/page/training:meeting/").headers["Location"] == place


def test_help_leads_whoever_is_not_signed_in_to_the_first_place_and_from_no_page_to_the_list(
    client: Client, db: None
) -> None:
    assert client.get("/help/page/training:meeting/").headers["Location"] == "/help/lecturer/#code"
    assert client.get("/help/page/nowhere:at_all/").headers["Location"] == "/help/"
    assert client.get("/help/nobody/").status_code == 404


def test_a_page_links_to_its_place(client: Client, db: None) -> None:
    text = client.get("/sign-in/").content.decode()

    assert '<a href="/help/start/#sign-in">Trợ giúp trang này</a>' in text
    assert '<a href="/help/">Trợ giúp trang này</a>' in client.get("/nowhere/").content.decode()


# ---- the words


def test_guides_say_the_same_in_every_language() -> None:
    """The same sections in the same order, the same pictures, and as many quoted words."""
    for name in GUIDES:
        shapes = [
            [(one.anchor, [picture.name for picture in one.pictures]) for one in guide(name, language).sections]
            for language in LANGUAGES
        ]
        assert shapes[0] == shapes[1], name


def test_every_quoted_word_stands_on_a_page_and_the_english_guide_quotes_the_same() -> None:
    known, found = messages(), []
    for name in GUIDES:
        for vietnamese, english in zip(guide(name, "vi").sections, guide(name, "en").sections, strict=True):
            place = f"{name}#{english.anchor}"
            found += [f"en {place}: no page says {one!r}" for one in english.quoted if one not in known]
            said = [known.get(one, set()) for one in english.quoted]
            if len(said) != len(vietnamese.quoted):
                found.append(f"{place}: {len(vietnamese.quoted)} words quoted in vi, {len(said)} in en")
                continue
            pairs = zip(vietnamese.quoted, english.quoted, said, strict=True)
            found += [
                f"vi {place}: {here!r} is not how a page says {one!r}" for here, one, as_ in pairs if here not in as_
            ]
    nothing(found)


def test_a_guide_holds_nothing_but_text() -> None:
    text = "# Một\n\nHai.\n\n## Ba {#ba}\n\n<script>x</script> [a](javascript:x) [b](start#codes) **Lưu**\n"
    (section,) = read_guide("x", text, address=lambda name, anchor: f"/{name}/#{anchor}").sections

    assert section.blocks == (
        '<p class="govuk-body">&lt;script&gt;x&lt;/script&gt; [a](javascript:x) '
        '<a href="/start/#codes" class="govuk-link">b</a> <strong>Lưu</strong></p>\n',
    )
    assert section.quoted == ("Lưu",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# Một\n\nHai.\n", "x: a guide has a title, a sentence below it, and sections"),
        ("# Một\n\nHai.\n\n## Ba\n\nBốn.\n", "x: the heading 'Ba' has no {#anchor}"),
    ],
)
def test_a_guide_that_is_none_is_named(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=re.escape(fault)):
        read_guide("x", text, address=lambda name, anchor: "")


def test_there_is_no_file_that_no_guide_is() -> None:
    for language in LANGUAGES:
        assert {path.stem for path in (FOLDER / language).iterdir()} == set(GUIDES)


# ---- the pictures


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_of_a_guide_is_there_and_no_other(language: str) -> None:
    shown = {picture.name for one in guides(language) for section in one.sections for picture in section.pictures}

    assert {path.name for path in (PICTURES / language).iterdir()} == shown


def test_the_pictures_are_small() -> None:
    sizes = {path: path.stat().st_size for path in PICTURES.glob("*/*.png")}

    nothing([f"{path.name}: {size:,} bytes" for path, size in sizes.items() if size > LARGEST])
    assert sum(sizes.values()) <= ALL
