"""Everything the house knows about one person, joined from what each room declares (decision 0015)."""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, Q
from django.db.models.sql import Query
from django.utils import timezone
from django.utils.translation import gettext, override

from lantoa.common.personal import ROOMS, Subject, Table
from lantoa.common.ready import Tuples
from lantoa.common.vietnamese import fold
from lantoa.directory.models import Person, Restriction
from lantoa.directory.queries.people import real_values
from lantoa.office.models import File
from lantoa.office.queries.files import path_of
from lantoa.web.queries.telling import rows_said

# The rooms from above to below: what points at a person lets go before the person does.
ORDER = (
    "web",
    "api",
    "pilots",
    "readiness",
    "workshops",
    "training",
    "exams",
    "presence",
    "programmes",
    "competence",
    "office",
    "directory",
    "accounts",
    "ledger",
)


def subject_of(person: Person) -> Subject:
    """Whom to look for: with the real name when the person is restricted."""
    real = real_values(person)
    user = person.user
    marks = [real["phone"], real["email"], *([user.username, user.email] if user else [])]
    restriction = Restriction.objects.filter(person=person).first()
    if restriction:
        marks.append(restriction.values.get("user_email", ""))
    name = real["full_name"]
    return Subject(
        person=person.pk,
        person_key=person.key,
        user=user.pk if user else None,
        user_key=user.key if user else "",
        full_name=name,
        folded=fold(name),
        marks=tuple(dict.fromkeys(mark for mark in marks if mark)),
    )


@dataclass(frozen=True)
class Section:
    """The rows of one table about the person: headings and cells, in words."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def records_of(person: Person) -> list[Person]:
    """The person and the records that were merged into them, those first: all are theirs."""
    return [*Person.records.filter(merged_into=person).select_related("user").order_by("pk"), person]


def everything_about(person: Person, *, on: date) -> list[Section]:
    """All rows of all rooms about the person, with headings in the language that is active and
    units named as of that day."""
    subjects = [subject_of(one) for one in reversed(records_of(person))]
    sections = []
    for table, found in _with_rows(subjects):
        rows = [tuple(row) for subject in found for row in rows_said(table, rows_about(table, subject), on)]
        if rows:
            headings = tuple(gettext(heading) for heading in table.columns.values())
            sections.append(Section(gettext(table.title), headings, tuple(dict.fromkeys(rows))))
    return sections


def _with_rows(subjects: list[Subject]) -> list[tuple[Table, list[Subject]]]:
    """The tables that hold rows about one of these, and about whom. One query: most tables know nothing of most."""
    asked = [(table, subject) for table in tables() if table.columns for subject in subjects]
    parts: list[str] = []
    values: list[Any] = []
    for number, (table, subject) in enumerate(asked):
        if table.other is None:
            part, its = _any_about(*_ways(table, subject))
            marks = _marked(subject)
            its = [marks.get(value, value) for value in its]
        else:
            part, its = _exists(table.model, table.about(subject))
        if part:
            parts.append(f"SELECT {number} WHERE EXISTS ({part})")
            values += its
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        found = sorted(number for (number,) in cursor.fetchall())
    held = groupby((asked[number] for number in found), key=lambda one: one[0])
    return [(table, [subject for _table, subject in those]) for table, those in held]


PERSON, USER = -1, -2  # stand in a statement for the ids of whoever is asked about
ANYBODY = Subject(person=PERSON, person_key="", user=USER, user_key="", full_name="", folded="")


def _marked(subject: Subject) -> dict[Any, Any]:
    return {PERSON: subject.person, USER: subject.user}


def _ways(table: Table, subject: Subject) -> tuple[type[Model], tuple[str, ...], tuple[str, ...]]:
    """What leads from a row of the table to this person: the same for all who have an account, and for all others."""
    return table.model, table.person, table.user if subject.user is not None else ()


def rows_about(table: Table, subject: Subject) -> list[list[Any]]:
    """The rows of a table about this person: "pk" and its columns."""
    if table.other is not None:
        return [list(row) for row in table.rows(subject).values_list("pk", *table.columns)]
    model, person, user = _ways(table, subject)
    if not (person or user):  # it is about accounts, and this one has none
        return []
    return _statement(model, person, user, tuple(table.columns)).asked(_marked(subject))


# To put fifty such statements together for each person anew would be half of the page.


@cache
def _statement(
    model: type[Model], person: tuple[str, ...], user: tuple[str, ...], columns: tuple[str, ...]
) -> Tuples:
    rows = Table(model, "", {}, person=person, user=user).rows(ANYBODY)
    return Tuples(rows.values_list("pk", *columns))


@cache
def _any_about(model: type[Model], person: tuple[str, ...], user: tuple[str, ...]) -> tuple[str, Sequence[Any]]:
    return _exists(model, Table(model, "", {}, person=person, user=user).about(ANYBODY))


def _exists(model: type[Model], about: Q) -> tuple[str, Sequence[Any]]:
    """What asks for such a row, and its values; "" where there can be none (it is about accounts, and this one has
    none)."""
    rows = Query(model)
    try:
        rows.add_q(about)
        found: tuple[str, Sequence[Any]] = rows.exists().get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return "", ()
    return found


def tables() -> Iterator[Table]:
    """The tables of all rooms with rows about people, the person first."""
    for name in ("directory", "accounts", "training", "presence", "programmes", "competence", "web", "office"):
        if name in ROOMS:
            yield from ROOMS[name].tables
    for name in ROOMS:
        if name not in {"directory", "accounts", "training", "presence", "programmes", "competence", "web", "office"}:
            yield from ROOMS[name].tables


def files_of(person: Person) -> list[File]:
    """The kept files that are the person's own."""
    subjects = [subject_of(one) for one in records_of(person)]
    keys = [
        key
        for subject in subjects
        for table in tables()
        for lookup in table.files
        for key in table.rows(subject).exclude(**{lookup: None}).values_list(lookup, flat=True)
    ]
    return list(File.objects.filter(pk__in=keys, removed_at=None).order_by("pk"))


def package(person: Person, *, at: datetime) -> bytes:
    """Everything about one person as a .zip: one workbook and one .json with Vietnamese headings, and their files."""
    with override("vi"):
        sections = everything_about(person, on=timezone.localdate(at))
        made = {
            "gop_luc": f"{timezone.localtime(at):%d/%m/%Y %H:%M}",
            "noi_dung": [
                {"bang": one.title, "dong": [dict(zip(one.headings, row, strict=True)) for row in one.rows]}
                for one in sections
            ],
        }
        book = _workbook(sections)
        said = gettext(
            "All that this system holds about you, on the day named in the file. The workbook and the .json file say "
            "the same; what you handed in is in the folder tep."
        )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("doc-truoc.txt", said + "\n")
        packed.writestr("du-lieu-ca-nhan.json", json.dumps(made, ensure_ascii=False, indent=1))
        packed.writestr("du-lieu-ca-nhan.xlsx", book)
        for file in files_of(person):
            if path_of(file).exists():
                packed.writestr(f"tep/{file.key}-{file.name}", path_of(file).read_bytes())
    return held.getvalue()


def _workbook(sections: list[Section]) -> bytes:
    """One sheet for each table; every value is a text or a number, never a formula."""
    import xlsxwriter  # when the first one is asked for, not when the server starts

    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8EEF4"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    taken: set[str] = set()
    for section in sections:
        sheet = book.add_worksheet(_sheet_name(section.title, taken))
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(section.headings):
            sheet.write_string(0, column, heading, bold)
            longest = max([len(heading), *(len(str(row[column])) for row in section.rows)])
            sheet.set_column(column, column, min(60, max(12, longest + 2)))
        for number, row in enumerate(section.rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, int | float):
                    sheet.write_number(number, column, value, wrap)
                else:
                    sheet.write_string(number, column, str(value)[:32_000], wrap)
    book.close()
    return held.getvalue()


def _sheet_name(title: str, taken: set[str]) -> str:
    plain = "".join(letter for letter in title if letter not in "[]:*?/\\'")[:28].strip()
    name, number = plain, 2
    while name.casefold() in taken:
        name, number = f"{plain} {number}", number + 1
    taken.add(name.casefold())
    return name
