"""Table files as people really have them: read safely, the table found, the faults given back marked.

Pure Python: bytes in, values out. Nothing is ever run, and nothing is read before its size is known.

    workbook = read_table_file(data, "danh sach.xlsx")
    table = find_table(workbook.sheets[0], vocabulary)
    marked = mark_faults(workbook, faults)
"""

from lantoa.office.rules.sheets.marking import mark_faults, safe_cell
from lantoa.office.rules.sheets.reading import read_table_file
from lantoa.office.rules.sheets.tables import (
    UNUSED,
    Column,
    Field,
    Table,
    TableRow,
    Vocabulary,
    find_table,
    header_words,
)
from lantoa.office.rules.sheets.values import (
    Cell,
    Fault,
    Merge,
    Note,
    Severity,
    Sheet,
    SheetRefused,
    Workbook,
    cell_name,
    column_letter,
    column_number,
)

__all__ = [
    "UNUSED",
    "Cell",
    "Column",
    "Fault",
    "Field",
    "Merge",
    "Note",
    "Severity",
    "Sheet",
    "SheetRefused",
    "Table",
    "TableRow",
    "Vocabulary",
    "Workbook",
    "cell_name",
    "column_letter",
    "column_number",
    "find_table",
    "header_words",
    "mark_faults",
    "read_table_file",
    "safe_cell",
]
