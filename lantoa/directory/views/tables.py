"""A list as a workbook to take away."""

import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(file_name: str, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """A sheet with a title, a header and rows of text; nothing in it is ever read as a formula."""
    out = io.BytesIO()
    import xlsxwriter  # late: it costs every start a tenth of a second

    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, head = book.add_format({"bold": True}), book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, title, bold)
    widths = [len(column) for column in columns]
    for at, column in enumerate(columns):
        sheet.write_string(2, at, column, head)
    for line, row in enumerate(rows, 3):
        for at, text in enumerate(row):
            sheet.write_string(line, at, text)
            widths[at] = max(widths[at], len(text))
    for at, width in enumerate(widths):
        sheet.set_column(at, at, min(width, 50) + 2)
    sheet.freeze_panes(3, 0)
    book.close()
    return HttpResponse(
        out.getvalue(),
        content_type=XLSX,
        headers={"Content-Disposition": content_disposition_header(True, file_name)},
    )
