"""What an exam tells, as a workbook: the whole, its questions, who chose what."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from lantoa.exams.queries.analysis import Row

Cell = str | int | float | None
Line = tuple[Row, Mapping[str, Any], str, Sequence[Mapping[str, Any]]]  # row, as shown, its text, who chose what


def workbook(title: str, summary: Mapping[str, Any], lines: Sequence[Line]) -> bytes:
    """Three sheets, under heads in the reader's language. Numbers are not rounded."""
    import xlsxwriter  # only who asks for a workbook waits for it

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})

    def write(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        sheet = book.add_worksheet(name)
        sheet.write_string(0, 0, title, bold)
        for place, column in enumerate(columns):
            sheet.write_string(2, place, column, bold)
        for at, row in enumerate(rows, 3):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(at, place, cell)
                elif cell is not None:
                    sheet.write_number(at, place, cell)
        sheet.set_column(0, len(columns), 22)
        sheet.freeze_panes(3, 0)

    write(
        _("The whole"),
        [
            _("Candidates"),
            _("Questions"),
            _("Points at most"),
            _("Mean points"),
            _("Standard deviation"),
            _("Reliability (KR-20 or alpha)"),
            _("95% from"),
            _("95% to"),
            _("Standard error, in points"),
        ],
        (
            [
                one["people"],
                one["questions"],
                one["most"],
                one["mean"],
                one["deviation"],
                one["alpha"],
                *(one["interval"] or (None, None)),
                one["error"],
            ]
            for one in summary["wholes"]
        ),
    )
    write(
        _("Questions"),
        [
            _("Question"),
            _("Code"),
            _("Variant: number"),
            _("Kind"),
            _("Words of the question"),
            _("Candidates"),
            _("Difficulty p"),
            _("Discrimination r"),
            _("Discrimination D"),
            _("What it tells"),
        ],
        (
            [
                shown["name"],
                shown["code"],
                shown["places"],
                shown["kind"],
                text,
                *(
                    (None, None, None, None)
                    if row.told is None
                    else (
                        row.told.people,
                        row.told.difficulty,
                        row.told.discrimination,
                        row.told.upper_lower,
                    )
                ),
                " ".join(shown["sentences"]),
            ]
            for row, shown, text, _counted in lines
        ),
    )
    write(
        _("Who chose what"),
        [_("Question"), _("Code"), _("Choice"), _("Right"), _("lower third"), _("middle third"), _("upper third")],
        (
            [shown["name"], shown["code"], one["name"], _("yes") if one["right"] else "", *one["counts"]]
            for _row, shown, _text, counted in lines
            for one in counted
        ),
    )
    book.close()
    return out.getvalue()
