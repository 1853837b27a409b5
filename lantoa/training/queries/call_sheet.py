"""The nominations of a call as a list to print and sign (.xlsx), for the office that calls and for each unit.

Lists of offices are Vietnamese, whatever language the page is read in.
"""

from datetime import date

from lantoa.directory.queries.units import names
from lantoa.office.rules.papers.model import Cell, Column, ColumnKind
from lantoa.office.rules.papers.tables import SheetHead, table_workbook
from lantoa.training.models import Asked, Call, Nomination
from lantoa.training.queries.calls import nominations, waiting_numbers
from lantoa.training.queries.papers import sheet_head
from lantoa.training.rules.roster.people import Birth

State = Nomination.State
COLUMNS = (
    Column("TT", ColumnKind.ORDER),
    Column("Họ và tên", weight=26),
    Column("Năm sinh", ColumnKind.MARK, 12),
    Column("Chức vụ", weight=24),
    Column("Đơn vị", weight=30),
    Column("Kết quả", weight=24),
    Column("Ghi chú", weight=24),
)


def nominations_sheet(of: Call | Asked, state: str = "", *, on: date) -> bytes:
    """Danh sách cử học viên: everything of the call, or what one unit answered."""
    call = of if isinstance(of, Call) else of.call
    listed = list(nominations(of, state))
    called = names({*(row.unit_id for row in listed), *([of.unit_id] if isinstance(of, Asked) else [])}, on=on)
    waiting = waiting_numbers(call)
    rows: list[list[Cell]] = [
        [
            number,
            row.person.full_name,
            _born(row),
            row.post_title,
            called[row.unit_id].full_name if row.unit_id in called else "",
            _result(row, waiting.get(row.pk, 0)),
            row.reason,
        ]
        for number, row in enumerate(listed, 1)
    ]
    head = sheet_head(call.programme)
    if isinstance(of, Asked):
        head = SheetHead(called[of.unit_id].full_name if of.unit_id in called else "")
    return table_workbook(
        "DANH SÁCH CỬ HỌC VIÊN",
        COLUMNS,
        rows,
        head=head,
        subtitles=[call.title, f"Hạn trả lời: {call.due_on:%d/%m/%Y}"],
        landscape=True,
        made_on=on,
    )


def _born(row: Nomination) -> str:
    person = row.person
    return str(Birth(person.birth_year, person.birth_month, person.birth_day)) if person.birth_year else ""


def _result(row: Nomination, waiting: int) -> str:
    if row.state == State.ACCEPTED and row.enrolment:
        return f"Đã nhận vào lớp {row.enrolment.training_class.code}"
    return {
        State.PLACED: f"Có chỗ (số {row.place})",
        State.WAITING: f"Dự bị (thứ {waiting})",
        State.WITHDRAWN: "Đã rút",
        State.REPLACED: "Đã thay người khác",
        State.TURNED_DOWN: "Không được nhận",
    }[State(row.state)]
