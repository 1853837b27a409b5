"""Nobody adds personal data silently: every table of every room says what it holds about people (decision 0015).

A NEW TABLE fails here until its room's `personal.py` declares it: either as a `Table` in `tables`, with every column
that says something of the person under `columns` (it is exported), what the house works out of them for itself under
`workings`, and the other columns of text under `beside`; or under `not_personal`, with the reason; or under
`searched`, when its free text may name anybody and `erase` reads it.
A table that points at a person or an account is always a `Table`.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BinaryField,
    CharField,
    EmailField,
    Field,
    FileField,
    JSONField,
    Model,
    TextField,
)

from lantoa.accounts.models import User
from lantoa.common.personal import ANONYMISED, DELETED, KEPT, ROOMS, Table
from lantoa.directory.models import Person
from lantoa.web.queries.telling import choices_of, field_of
from lantoa.web.queries_privacy import ORDER

HOLDS_TEXT = (CharField, TextField, EmailField, JSONField, BinaryField, FileField, ArrayField)
# Tables of the framework: no room is theirs.
NOT_OURS = {
    "auth.Permission": "words of the framework",
    "auth.Group": "not used",
    "contenttypes.ContentType": "words of the framework",
    "sessions.Session": "hours long; those of an erased account are deleted with it (accounts.personal)",
}


def models() -> list[type[Model]]:
    return [one for one in apps.get_models(include_auto_created=True) if one.__module__.startswith("lantoa.")]


def test_the_tables_of_the_framework_are_these() -> None:
    theirs = {one._meta.label for one in apps.get_models() if not one.__module__.startswith("lantoa.")}

    assert theirs == set(NOT_OURS)


def declared() -> dict[type[Model], list[Table]]:
    found: dict[type[Model], list[Table]] = {}
    for room in ROOMS.values():
        for table in room.tables:
            found.setdefault(table.model, []).append(table)
    return found


def fields(model: type[Model]) -> "Iterator[Field[Any, Any]]":
    yield from (one for one in model._meta.get_fields() if isinstance(one, Field) and one.concrete)


def room_of(model: type[Model]) -> str:
    return model._meta.app_label


def nothing(found: list[str]) -> None:
    assert not found, "\n" + "\n".join(found)


def test_every_room_with_tables_says_what_it_holds_about_people() -> None:
    assert {room_of(model) for model in models()} - set(ROOMS) == set()


def test_every_room_is_erased_in_its_turn() -> None:
    assert set(ROOMS) - set(ORDER) == set()


def test_every_table_is_declared_by_its_room() -> None:
    found = []
    for model in models():
        if model._meta.auto_created:
            continue
        room = ROOMS[room_of(model)]
        places = [
            model in {table.model for table in room.tables},
            model in room.not_personal,
            model in room.searched,
        ]
        if places.count(True) != 1:
            found.append(f"{model._meta.label}: stands in {places.count(True)} of tables, not_personal and searched")
    nothing(found)


def test_whatever_points_at_a_person_or_an_account_is_found_from_it() -> None:
    found = []
    tables = declared()
    for model in models():
        for field in fields(model):
            if field.related_model not in (Person, User):
                continue
            side = "person" if field.related_model is Person else "user"
            if not any(field.name in getattr(table, side) for table in tables.get(model, [])):
                found.append(
                    f"{model._meta.label}.{field.name} points at a {side}: lantoa/{room_of(model)}/personal.py "
                    f'needs a Table of it with {side}=("{field.name}",)'
                )
    nothing(found)


def test_every_text_of_a_table_about_people_is_exported_or_said_to_be_beside_them() -> None:
    found = []
    for model, tables in declared().items():
        said = {name for table in tables for name in (*table.columns, *table.beside, *table.workings)}
        for field in fields(model):
            if isinstance(field, HOLDS_TEXT) and field.name not in said:
                found.append(
                    f"{model._meta.label}.{field.name}: in none of columns, beside and workings of its Table"
                )
    nothing(found)


def test_every_declared_column_is_there() -> None:
    for table in (table for room in ROOMS.values() for table in room.tables):
        for lookup in (*table.columns, *table.person, *table.user, *table.files, *table.beside, *table.workings):
            field_of(table.model, lookup)


def test_every_choice_that_a_person_reads_about_themselves_has_a_word() -> None:
    """A NEW CHOICE fails here until `lantoa/web/rules/values.py` says what it is called."""
    found = []
    for table in (table for room in ROOMS.values() for table in room.tables):
        for lookup in table.columns:
            field = field_of(table.model, lookup)
            values = {str(value) for value, _label in field.choices or () if value}
            if missing := values - set(choices_of(field)):
                found.append(f"{field.model._meta.label_lower}.{field.name}: no words for {sorted(missing)}")
    nothing(found)


def test_what_is_not_deleted_says_why() -> None:
    for table in (table for room in ROOMS.values() for table in room.tables):
        assert table.fate in {DELETED, ANONYMISED, KEPT}
        assert table.fate == DELETED or table.why, table.title


def test_every_reason_why_a_table_is_not_personal_is_given() -> None:
    assert all(why for room in ROOMS.values() for why in [*room.not_personal.values(), *room.searched.values()])


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_with_rows_about_people_knows_how_to_erase_them(room: str) -> None:
    assert bool(ROOMS[room].tables) == (ROOMS[room].erase is not None)
