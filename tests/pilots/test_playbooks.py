"""The playbook file: read with the line of every fault, written back the same, kept letter for letter."""

from typing import Any

import factories as make
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pilots.made import AT, fixed, refusal

from lantoa.common.vietnamese import nfc
from lantoa.directory.models import Role
from lantoa.ledger.models import Entry
from lantoa.pilots.actions.playbooks import load_playbook
from lantoa.pilots.models import Playbook, PlaybookVersion
from lantoa.pilots.queries.playbooks import begun_from, shipped
from lantoa.pilots.rules.playbook import PARTS, Book, PlaybookFaults, decode, read_playbook, write_playbook
from lantoa.pilots.rules.playbook.model import CHOICE, CODE, WHOLE, Key

VI_HUONG = "vi-huong-2020.toml"
SMALL = """lantoa_playbook = 1
[playbook]
code = "a"
title = "Một"

[[steps]]
code = "b"
title = "Bước"
evidence = "known"
"""


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(PlaybookFaults) as refused:
        read_playbook(text)
    return [(fault.line, str(fault.words)) for fault in refused.value.faults]


def test_the_one_of_vi_huong_says_what_was_published_and_from_where() -> None:
    book = read_playbook(shipped()[VI_HUONG])

    said = {item["what"]: item["value"] for item in book.items("facts")}
    assert (said["Số hộ"], said["Số nhân khẩu"], said["Số thôn"], book.months) == ("622", "2.626", "9", 4)
    assert list(book.steps) == ["song-4g", "wifi", "kenh-lien-lac", "truyen-thanh", "thuong-mai", "kham-tu-xa"]
    items = [item for part in PARTS for item in book.items(part.name)]
    assert {item["evidence"] for item in items} == {"found", "verified", "known"}
    assert all("source" in item for item in items if item["evidence"] != "known")


def test_a_fault_says_its_line() -> None:
    assert faults("x = [") == [(1, "This line is not written as TOML asks.")]
    assert faults("a = 1") == [(1, "The file begins with “lantoa_playbook = 1”.")]
    assert faults("lantoa_playbook = 1") == [(1, "The table [playbook] is missing.")]
    assert faults(SMALL.split("[[steps]]")[0]) == [(1, "At least one table [[steps]] is needed.")]
    assert faults(SMALL.replace('title = "Bước"', 'title = ""')) == [(8, "“title” is empty.")]
    twice = SMALL + '\n[[steps]]\ncode = "b"\ntitle = "Hai"\nevidence = "known"\n'
    assert faults(twice) == [(12, "The code “b” stands in line 7 already.")]
    long = SMALL.replace('"Bước"', '"' + "a" * 301 + '"')
    assert faults(long) == [(8, "“title” is one line of at most 300 letters.")]


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = SMALL.replace('"known"', '"sure"').replace('title = "Một"', "titel = 3") + "[playbooks]\n"

    assert [line for line, _words in faults(text)] == [2, 4, 9, 10]
    with pytest.raises(PlaybookFaults) as refused:
        read_playbook(text)
    assert str(refused.value).startswith("Cannot load the playbook: 4 faults. Line 2: ")


def test_a_file_that_is_no_text_is_refused_with_its_line() -> None:
    for data, said in (
        (SMALL.encode()[:20] + b"\n\xff", "The file is not written in Unicode (UTF-8)."),
        (b" " * 300_000, "The file has 292 KB; a playbook has at most 256."),
    ):
        with pytest.raises(PlaybookFaults) as refused:
            decode(data)
        assert str(refused.value.faults[0].words) == said
    assert decode("\ufeffa\r\nb".encode()) == "a\nb"


LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), min_size=1, max_size=40
).map(lambda text: " ".join(text.split()) or "x")
CODES = st.from_regex(r"[a-z][a-z0-9-]{0,9}", fullmatch=True)


def value_of(key: Key) -> st.SearchStrategy[Any]:
    if key.kind == CHOICE:
        return st.sampled_from(key.choices)
    if key.kind == CODE:
        return CODES
    return st.integers(0, 10**9) if key.kind == WHOLE else LINES


def item_of(keys: tuple[Key, ...]) -> st.SearchStrategy[dict[str, Any]]:
    needed = {key.name: value_of(key) for key in keys if key.needed}
    return st.fixed_dictionaries(needed, optional={key.name: value_of(key) for key in keys if not key.needed})


BOOKS = st.builds(
    Book,
    code=CODES,
    title=LINES,
    summary=LINES | st.just(""),
    origin=LINES | st.just(""),
    months=st.none() | st.integers(1, 60),
    fields=st.lists(CODES, max_size=3).map(tuple),
    parts=st.fixed_dictionaries(
        {
            part.name: st.lists(
                item_of(part.keys), min_size=1, max_size=2, unique_by=(lambda item: item.get("code", id(item)),)
            ).map(tuple)
            for part in PARTS
        }
    ),
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(BOOKS)
def test_what_is_written_is_read_back_the_same(book: Book) -> None:
    text = nfc(write_playbook(book))
    once = read_playbook(text)
    assert write_playbook(once) == text
    assert read_playbook(write_playbook(once)) == once


@pytest.mark.django_db
def test_a_changed_file_is_the_next_version_and_the_same_one_is_none() -> None:
    unit, text = make.unit(), shipped()[VI_HUONG]

    first = load_playbook(by=make.BY, unit=unit, text=text, at=AT)
    same = load_playbook(by=make.BY, unit=unit, text=text, at=AT)
    changed = load_playbook(by=make.BY, unit=unit, text=text.replace("Wifi công cộng", "Wifi"), at=AT)
    assert [(one.new, one.version.number) for one in (first, same, changed)] == [(True, 1), (False, 1), (True, 2)]
    assert Playbook.objects.get().versions.get(number=1).text == text
    assert Entry.objects.filter(act="pilots.load_playbook").count() == 2
    with pytest.raises(DatabaseError, match="it stays as it is"), transaction.atomic():
        PlaybookVersion.objects.update(text="")
    assert refusal(lambda: load_playbook(by=make.BY, unit=unit, text="a = 1", at=AT)) == (
        "Cannot load the playbook: 1 faults. Line 1: The file begins with “lantoa_playbook = 1”."
    )


@pytest.mark.django_db
def test_it_leaves_one_house_and_is_loaded_in_another_unchanged(client: Client) -> None:
    here, there = make.unit("Một"), make.unit("Hai")
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=here))
    text = shipped()[VI_HUONG]

    sent = {"unit": "Phường Một", "text": text}
    assert client.post("/pilots/playbooks/load/", sent).status_code == 302
    key = Playbook.objects.get().key
    page = client.get(f"/pilots/playbooks/{key}/").content.decode()
    assert "Truyền thanh bằng trí tuệ nhân tạo" in page
    taken = client.get(f"/pilots/playbooks/{key}/file/").content.decode()
    assert taken == text
    other = load_playbook(by=make.BY, unit=there, text=taken, at=AT)
    assert read_playbook(other.version.text) == read_playbook(text)
    broken = client.post("/pilots/playbooks/load/", sent | {"text": text.replace("622", '6"22')}).content.decode()
    assert "Dòng này không đúng cách viết TOML." in broken
    assert Playbook.objects.count() == 2


@pytest.mark.django_db
def test_a_pilot_begins_its_playbook() -> None:
    made, _of = fixed()

    text = write_playbook(begun_from(made, months=4))
    book = read_playbook(text)
    assert (book.code, book.months, book.items("measures")[0]["name"]) == ("td-1", 4, "Số phút chờ")
    assert load_playbook(by=make.BY, unit=made.unit, text=text, at=AT, pilot=made).playbook.pilot == made


@pytest.mark.django_db
def test_a_button_begins_the_playbook_of_a_pilot_once(client: Client) -> None:
    made, _of = fixed()
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=made.unit))
    answers = [client.post(f"/pilots/{made.key}/playbook/") for _again in range(2)]
    book = Playbook.objects.get()
    assert [answer.headers["Location"] for answer in answers] == [f"/pilots/playbooks/{book.key}/"] * 2
    assert (book.pilot, book.versions.count()) == (made, 1)
