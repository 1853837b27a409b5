"""Rows about a person as they read them: codes in words, what is kept as JSON under the names of its fields, units
and pages by name. The keys and workings of the house are left out."""

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, ForeignKey, Model
from django.utils import timezone
from django.utils.translation import get_language, gettext

from lantoa.accounts.models import User
from lantoa.common.models import ALPHABET, KEY_LENGTH
from lantoa.common.personal import Table
from lantoa.common.refused import N_
from lantoa.common.templatetags.lantoa import percent, vnumber
from lantoa.directory.models import Person, Restriction, Unit
from lantoa.directory.queries.units import names
from lantoa.exams.models import Answer, Attempt, Judgement
from lantoa.ledger.models import Entry, Look
from lantoa.office.actions.imports import IMPORTERS
from lantoa.office.actions.jobs import REGISTERED
from lantoa.office.models import ImportRow, Notice
from lantoa.office.queries.notices import said_values, templates, title_of
from lantoa.office.rules.notices import NAME
from lantoa.training.models import Certificate, NamedAnswer
from lantoa.training.queries.feedback import words_of_value
from lantoa.training.rules.certificate.trust import REASON_WORDS
from lantoa.web.acts import ACTS
from lantoa.web.queries.pages import page_words
from lantoa.web.queries.things import WORDS
from lantoa.web.rules.ledger_words import LINE_NUMBERS
from lantoa.web.rules.values import CHOICES, MEANT, NAMES

Row = dict[str, Any]  # a value for each lookup of the table, and "pk"
KEY = re.compile(f"[{ALPHABET}]{{{KEY_LENGTH}}}")
DECIMAL = re.compile(r"-?\d+\.\d+")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
ORDER = {name: at for at, name in enumerate(NAMES)}
SOURCES = {"page": N_("entered on a page"), "directory": N_("entered on a page")}


def rows_said(table: Table, found: Iterable[Sequence[Any]], on: date) -> Iterator[list[Any]]:
    """Rows of a table about somebody ("pk", then its columns) in words; units named as of that day. The same number
    of queries for any number of rows."""
    lookups = list(table.columns)
    if not lookups:
        return
    fields = {lookup: field_of(table.model, lookup) for lookup in lookups}
    rows: list[Row] = [dict(zip(("pk", *lookups), row, strict=True)) for row in found]
    for lookup, field in fields.items():
        if isinstance(field, ForeignKey) and field.related_model is Unit:
            called = names([row[lookup] for row in rows if row[lookup]], on=on)
            for row in rows:
                row[lookup] = called[row[lookup]].full_name if row[lookup] in called else row[lookup]
    if table.model in TELLERS:
        TELLERS[table.model](rows)
    for row in rows:
        yield [_plain(row[lookup], field) for lookup, field in fields.items()]


def field_of(model: type[Model], lookup: str) -> "Field[Any, Any]":
    """The field that a lookup ends in. Raises FieldDoesNotExist."""
    *steps, last = lookup.split("__")
    for step in steps:
        related = model._meta.get_field(step).related_model
        if related is None or isinstance(related, str):
            raise FieldDoesNotExist(lookup)
        model = related
    found = model._meta.get_field("id" if last == "pk" else last)
    if not isinstance(found, Field):
        raise FieldDoesNotExist(lookup)
    return found


def choices_of(field: "Field[Any, Any]") -> dict[str, str]:
    """The words (msgids) of the values of a field, as far as there are any."""
    return CHOICES.get(f"{field.model._meta.label_lower}.{field.name}", {})


def _plain(value: Any, field: "Field[Any, Any]") -> Any:
    """A value as people read it: a text, or a number."""
    if value is None or isinstance(value, bool):
        return "" if value is None else _yes_or_no(value)
    if isinstance(value, str):
        words = choices_of(field)
        return gettext(words[value]) if value in words else _source(value) if field.name == "source" else value
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        if field.name.startswith("share"):
            return percent(value)
        return int(value) if value == value.to_integral_value() else float(value)
    if hasattr(value, "lower") and hasattr(value, "upper"):
        return _period(value)
    said = _moment(value)
    return kept(value) if said is None else said


def _yes_or_no(value: bool) -> str:
    return gettext("yes") if value else gettext("no")


def _moment(value: Any) -> str | None:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return f"{value:%H:%M}" if isinstance(value, time) else None


def _period(value: Any) -> str:
    """From its first to its last day or moment; the end of a period of days is the day after it."""
    first, end = value.lower, value.upper
    if end is None:
        return gettext("since %(day)s") % {"day": _moment(first)} if first else ""
    last = end if isinstance(end, datetime) else end - timedelta(days=1)
    return f"{_moment(first) or ''} – {_moment(last)}"


def _source(value: str) -> str:
    """Where something came from: the kind of thing that brought it."""
    label = value.partition(":")[0]
    words = WORDS.get(label.replace("_", "")) or SOURCES.get(label)
    return gettext(words) if words else value


def kept(value: Any, name: str = "") -> str:
    """What is kept as JSON, a line for each of its fields. Keys of things and what the house notes for itself ("_…")
    are left out: they say nothing to whoever reads."""
    if isinstance(value, dict):
        parts = sorted(value.items(), key=lambda part: ORDER.get(part[0], len(ORDER)))
        said = ((name_of(key), kept(one, key)) for key, one in parts if not key.startswith("_"))
        return "\n".join(f"{words}: {text}" for words, text in said if text)
    if isinstance(value, list):
        texts = [kept(one, name) for one in (reversed(value) if name == "born" else value)]
        return ("/" if name == "born" else ", ").join(text for text in texts if text)
    if isinstance(value, bool):
        return _yes_or_no(value)
    if not isinstance(value, str):
        return "" if value is None else str(value)
    if words := _meant(value, name):
        return words
    if DAY.fullmatch(value):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    if MOMENT.fullmatch(value):
        return str(_moment(datetime.fromisoformat(value)))
    return "" if KEY.fullmatch(value) else value


def _meant(value: str, name: str) -> str:
    """The word of a code, or a number as people write it; "" for what is no code."""
    if value in MEANT.get(name, {}):
        return gettext(MEANT[name][value])
    if name == "kind" and (registered := REGISTERED.get(value) or IMPORTERS.get(value)):
        return gettext(registered.title)
    if name == "template":
        return title_of(value)
    if name in LINE_NUMBERS and DECIMAL.fullmatch(value):
        return vnumber(Decimal(value), max(0, -int(Decimal(value).normalize().as_tuple().exponent)))
    return ""


def name_of(key: str) -> str:
    """What a field of something kept is called."""
    return gettext(NAMES[key]) if key in NAMES else key


# ---- tables whose rows take more than their own fields to read


def _people(rows: list[Row]) -> None:
    """The right to see what is kept is not restricted: whoever is restricted reads what they are really called."""
    real = dict(Restriction.objects.filter(person__in=_ids(rows)).values_list("person", "values"))
    for row in rows:
        row |= {name: value for name, value in real.get(row["pk"], {}).items() if name in row}


def _accounts(rows: list[Row]) -> None:
    found = Restriction.objects.filter(person__user__in=_ids(rows))
    real = dict(found.values_list("person__user", "values"))
    for row in rows:
        values = real.get(row["pk"], {})
        row |= {name: values[f"user_{name}"] for name in ("full_name", "email") if f"user_{name}" in values}


def _imported(rows: list[Row]) -> None:
    kinds = dict(ImportRow.objects.filter(pk__in=_ids(rows)).values_list("pk", "source__kind"))
    for row in rows:
        importer = IMPORTERS.get(kinds[row["pk"]])
        said = {name: row["values"].get(name) for name in importer.columns} if importer else row["values"]
        row["values"] = "\n".join(
            f"{gettext(importer.columns[name]) if importer else name_of(name)}: {text}"
            for name, value in said.items()
            if (text := kept(value, name))
        )


def _notices(rows: list[Row]) -> None:
    language = "en" if get_language() == "en" else "vi"
    for row in rows:
        template = templates().get(row["template"])
        places = template.places if template else {}
        said = said_values(row["values"], name="", language=language)
        row["template"] = title_of(row["template"])
        row["values"] = "\n".join(
            f"{places[name].words[language] if name in places else name_of(name)}: {text}"
            for name, text in said.items()
            if name != NAME
        )


def _answers(rows: list[Row]) -> None:
    found = NamedAnswer.objects.filter(pk__in=_ids(rows)).select_related("survey__form")
    forms = {one.pk: one.survey.form.form for one in found}
    language = get_language() or "vi"
    for row in rows:
        row["values"] = "\n".join(
            f"{question.words.in_(language)}: {words_of_value(question, row['values'][question.code])}"
            for question in forms[row["pk"]].questions
            if row["values"].get(question.code)
        )


def _exam_answers(rows: list[Row]) -> None:
    _number_questions(rows, dict(Answer.objects.filter(pk__in=_ids(rows)).values_list("pk", "attempt")))
    for row in rows:
        with contextlib.suppress(ValueError):  # then as it was sent
            row["value"] = kept(json.loads(row["value"]))


def _judgements(rows: list[Row]) -> None:
    _number_questions(rows, dict(Judgement.objects.filter(pk__in=_ids(rows)).values_list("pk", "attempt")))


def _number_questions(rows: list[Row], attempts: dict[int, int]) -> None:
    """The number of each question in the paper of this candidate, as they saw it. `attempts` by row."""
    papers = dict(Attempt.objects.filter(pk__in=set(attempts.values())).values_list("pk", "variant__content"))
    for row in rows:
        ids = [question["id"] for question in papers[attempts[row["pk"]]]]
        if row["question"] in ids:
            row["question"] = gettext("question %(number)d") % {"number": ids.index(row["question"]) + 1}


def _ids(rows: list[Row]) -> list[int]:
    return [row["pk"] for row in rows]


def _certificates(rows: list[Row]) -> None:
    words = {str(reason): said for reason, said in REASON_WORDS.items()}
    for row in rows:
        kind = row["revocation_kind"]
        row["revocation_kind"] = gettext(words[kind]) if kind in words else kind


def _lines(rows: list[Row]) -> None:
    for row in rows:
        row["act"] = gettext(ACTS[row["act"]]) if row["act"] in ACTS else row["act"]
        label = row["thing"].partition(":")[0]
        row["thing"] = gettext(WORDS[label]) if label in WORDS else label


def _looks(rows: list[Row]) -> None:
    pages = page_words()
    for row in rows:
        row["page"] = pages.get(row["page"], row["page"])


TELLERS: dict[type[Model], Callable[[list[Row]], None]] = {
    Answer: _exam_answers,
    Certificate: _certificates,
    Entry: _lines,
    ImportRow: _imported,
    Judgement: _judgements,
    Look: _looks,
    NamedAnswer: _answers,
    Notice: _notices,
    Person: _people,
    User: _accounts,
}
