"""A line is written once, with its action, and stays."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger.conftest import BY, write

from lantoa.accounts.models import User
from lantoa.common.keyring import secret
from lantoa.ledger.actions import record
from lantoa.ledger.models import Entry, Seal
from lantoa.ledger.queries import verify
from lantoa.ledger.rules import canonical, mark, plain


@pytest.mark.django_db
def test_writing_a_line_is_one_insert(django_assert_num_queries: Any) -> None:
    secret("ledger")
    with transaction.atomic(), django_assert_num_queries(1) as queries:
        record(by=BY, act="test.done", thing="test.thing:1", about={"number": 1})

    assert queries.captured_queries[0]["sql"].startswith("INSERT INTO")


@pytest.mark.django_db(transaction=True)
def test_a_line_outside_its_actions_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"^test\.done is recorded outside the transaction of its action$"):
        record(by=BY, act="test.done", thing="test.thing:1")


@pytest.mark.django_db(transaction=True)
def test_the_line_of_an_action_that_failed_is_not_there() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(by=BY, act="test.done", thing="test.thing:1")
        raise ZeroDivisionError

    assert Entry.objects.count() == 0


@pytest.mark.django_db
def test_a_line_names_user_and_thing_by_key() -> None:
    user = User.objects.create(username="lan", full_name="Nguyễn Thị Lan")

    with transaction.atomic():
        line = record(by=user, act="accounts.tested", thing=user)

    assert (line.actor, line.thing) == (f"user:{user.key}", f"accounts.user:{user.key}")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"hours": 1.5}, "about.hours is a float (1.5)"),
        ({"at": datetime(2020, 10, 1, tzinfo=UTC)}, "about.at is a datetime (datetime.datetime(2020, 10, 1,"),
        ({"on": date(2020, 10, 1)}, "about.on is a date (datetime.date(2020, 10, 1))"),
        ({"rows": [1, {"x": b"y"}]}, "about.rows[1].x is a bytes (b'y')"),
        ({1: "x"}, "about has the key 1: keys in the ledger are text"),
    ],
)
def test_what_would_not_come_back_the_same_is_refused_by_its_place(about: Any, words: str) -> None:
    with pytest.raises(TypeError) as refusal:
        record(by=BY, act="test.done", thing="test.thing:1", about=about)

    assert str(refusal.value).startswith(words)


def test_text_that_no_database_keeps_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^about\.name holds a character that the database cannot keep"):
        plain({"name": "a\0b"})
    with pytest.raises(ValueError, match=r"^about\.name holds a character that the database cannot keep"):
        plain({"name": "\ud800"})


def test_decomposed_text_is_kept_composed() -> None:
    assert plain({"te\u0302n": "Hoa\u0300"}) == {"tên": "Hoà"}


def test_a_key_given_twice_in_two_spellings_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^about has the key 'tên' twice$"):
        plain({"te\u0302n": 1, "tên": 2})


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(about=st.dictionaries(TEXT, VALUES, max_size=4))
def test_a_line_reads_the_same_after_the_database_has_had_it(about: dict[str, Any]) -> None:
    try:
        kept = plain(about)
    except ValueError:  # two keys that are one in NFC
        return
    with transaction.atomic():
        line = record(by=BY, act="test.done", thing="test.thing:1", about=about)

    again = Entry.objects.get(pk=line.pk)

    assert again.about == kept
    assert again.written() == line.written()
    assert bytes(again.mark) == mark(secret("ledger"), again.written())
    assert verify().sound


def test_the_order_of_keys_does_not_matter() -> None:
    line = {"key": "k", "at": "t", "actor": "a", "act": "b", "thing": "c"}

    assert canonical(**line, about={"a": 1, "b": 2}) == canonical(**line, about={"b": 2, "a": 1})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE ledger_entry SET act = 'test.undone'", "Cannot update line"),
        ("UPDATE ledger_entry SET about = '{}'", "Cannot update line"),
        ("UPDATE ledger_entry SET seal_id = NULL", "Cannot update line"),
        ("DELETE FROM ledger_entry", "Cannot delete line"),
    ],
)
def test_the_database_refuses_to_change_or_delete_a_line(sql: str, words: str) -> None:
    line = write(number=1)

    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert str(refusal.value).splitlines()[0] == (
        f"{words} {line.pk} of the ledger (test.done of test.thing:1 by machine:test): what is written stays as it is"
    )


@pytest.mark.django_db
def test_the_seal_of_a_line_is_added_once(seal_now: Any) -> None:
    line = write()
    seal_now()
    write()
    seal_now()

    with pytest.raises(IntegrityError, match="^Cannot update line"), transaction.atomic():
        Entry.objects.filter(pk=line.pk).update(seal=2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "act"),
    [("UPDATE ledger_seal SET mark = 'x'", "update"), ("DELETE FROM ledger_seal", "delete")],
)
def test_the_database_refuses_to_change_or_delete_a_seal(sql: str, act: str, seal_now: Any) -> None:
    write()
    seal_now()

    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert str(refusal.value).splitlines()[0] == (f"Cannot {act} seal 1 of the ledger: what is sealed stays as it is")


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_seal"])
def test_the_database_refuses_to_empty_the_ledger_of_an_installation(table: str) -> None:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lantoa.as_installed = 'on'")
        cursor.execute(f"TRUNCATE {table} CASCADE")

    assert str(refusal.value).splitlines()[0].endswith("of the ledger: what is written stays as it is")


@pytest.mark.django_db
def test_a_thing_of_the_ledger_cannot_be_deleted_by_its_model(seal_now: Any) -> None:
    write()
    seal_now()

    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.all().delete()

    assert (Entry.objects.count(), Seal.objects.count()) == (1, 1)
