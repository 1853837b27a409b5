"""The results of a series as a workbook: numbers by class, topic and lecturer; single answers; words."""

import io
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from lantoa.training.queries.feedback import Told, rows_of, words_of
from lantoa.training.rules.feedback.occasions import Occasion
from lantoa.training.rules.feedback.telling import Group, grouped, together

Cell = str | int | float


def sheet_of(told: Told, *, title: str, language: str) -> bytes:
    """Only what may be told; single answers stand apart from the words, so that nobody's hand is known by them."""
    import xlsxwriter  # only who asks for a workbook waits for it

    form = told.series.form.form
    groups = {"class": _("Class"), "topic": _("Topic"), "lecturer": _("Lecturer")}
    if told.series.occasion != Occasion.MEETING:
        groups = {"class": groups["class"]}
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})

    def write(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        sheet = book.add_worksheet(name)
        sheet.write_string(0, 0, title, bold)
        for place, column in enumerate(columns):
            sheet.write_string(2, place, column, bold)
        for line, row in enumerate(rows, 3):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, place, cell)
                else:
                    sheet.write_number(line, place, cell)
        sheet.set_column(0, len(columns), 24)
        sheet.freeze_panes(3, 0)

    def numbers() -> Iterable[Sequence[Cell]]:
        yield from _lines(_("All"), together(told.boxes, form.counted), language)
        for by, word in groups.items():
            for part in grouped(told.boxes, form.counted, by):
                yield from _lines(f"{word}: {part.name or _('not named')}", part, language)

    write(_("Numbers"), [_("Group"), _("Question"), _("Answer"), _("Number"), _("Mean")], numbers())
    write(
        _("Single answers"),
        [
            *groups.values(),
            *([] if form.anonymous else [_("Name")]),
            *(one.words.in_(language) for one in form.counted),
        ],
        (
            [
                *(row.groups.get(by, "") for by in groups),
                *([] if form.anonymous else [row.name]),
                *(int(value) if value.isdigit() else value for value in row.values),
            ]
            for row in rows_of(told)
        ),
    )
    write(
        _("Words"),
        [*groups.values(), _("Question"), _("Words")],
        (
            [*(box.get(by, "") for by in groups), question.words.in_(language), text]
            for question in form.worded
            for box, text in words_of(told, question)
        ),
    )
    book.close()
    return out.getvalue()


def _lines(name: str, group: Group, language: str) -> Iterable[Sequence[Cell]]:
    for tally in group.tallies.values():
        if not tally.total:
            continue
        words = tally.question.words.in_(language)
        mean = tally.mean
        for place, (value, count) in enumerate(tally.distribution):
            said = next((one.words.in_(language) for one in tally.question.choices if one.code == value), value)
            yield [name, words, said, count, *([round(float(mean), 2)] if mean is not None and not place else [])]
