"""What the office can tell: working days, files, documents, jobs, imports, signing keys."""

from lantoa.office.queries.days import (
    add_working_days,
    holiday_name,
    is_working_day,
    working_calendar,
    working_days_between,
)
from lantoa.office.queries.documents import next_number, paper_of, rendered
from lantoa.office.queries.files import open_file, path_of, read_file, send_file
from lantoa.office.queries.keys import current_key, private_key, public_key

__all__ = [
    "add_working_days",
    "current_key",
    "holiday_name",
    "is_working_day",
    "next_number",
    "open_file",
    "paper_of",
    "path_of",
    "private_key",
    "public_key",
    "read_file",
    "rendered",
    "send_file",
    "working_calendar",
    "working_days_between",
]
