"""The papers of a programme: lists and sheets (.xlsx), the report and the decision (a model for .docx and .pdf).

Official papers are Vietnamese, whatever language the page is read in.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.directory.queries.units import names
from lantoa.office.rules.papers.forms import decision, report
from lantoa.office.rules.papers.model import (
    Annex,
    Article,
    Clause,
    Column,
    ColumnKind,
    Issuer,
    Paper,
    Recipients,
    Section,
    Signature,
    Table,
    cells,
)
from lantoa.office.rules.papers.tables import (
    Outcome,
    Participant,
    SheetHead,
    participants_list,
    presence_sheet,
    results_sheet,
)
from lantoa.office.rules.papers.wording import day_text
from lantoa.programmes.models import Programme
from lantoa.programmes.rules import act_of_number
from lantoa.training.models import Enrolment, TrainingClass
from lantoa.training.queries.completion import facts
from lantoa.training.queries.overview import Line, Overview, overview, unit_lines, units_of
from lantoa.training.queries.rows import Choice, people
from lantoa.training.rules.roster.people import Birth

MEETINGS_A_SHEET = 6


def participants(choice: Choice) -> bytes:
    """Danh sách học viên."""
    programme = choice.programme
    return participants_list(
        "DANH SÁCH HỌC VIÊN",
        _participants(_rows(choice), choice),
        head=sheet_head(programme),
        subtitles=_subtitles(choice),
        made_on=choice.on,
    )


def sheets_of(meetings: int) -> int:
    """How many presence sheets a class of so many meetings has."""
    return max(1, -(-meetings // MEETINGS_A_SHEET))


def presence(training_class: TrainingClass, *, on: date) -> list[tuple[str, bytes]]:
    """Bảng điểm danh to print and sign: (name, sheet), six meetings on each."""
    choice = Choice(training_class.programme, on, class_code=training_class.code)
    listed = list(_participants(_rows(choice), choice))
    meetings = [
        f"Buổi {number} ({timezone.localtime(meeting.during.lower):%d/%m})"
        for number, meeting in enumerate(training_class.meetings.order_by("during"), 1)
    ] or ["Ký tên"]
    parts = [meetings[start : start + MEETINGS_A_SHEET] for start in range(0, len(meetings), MEETINGS_A_SHEET)]
    return [
        (
            f"diem-danh-{training_class.code}-{number}",
            presence_sheet(
                "BẢNG ĐIỂM DANH", listed, head=sheet_head(training_class.programme), meetings=part,
                subtitles=_subtitles(choice), made_on=on,
            ),
        )
        for number, part in enumerate(parts, 1)
    ]  # fmt: skip


def results(choice: Choice) -> bytes:
    """Bảng kết quả."""
    rows = _rows(choice)
    shares = {row.pk: share for row, share in _shares(rows)}
    outcomes = (
        Outcome(
            participant,
            presence=shares.get(row.pk),
            mark=max((mark.value for mark in row.marks.all()), default=None),
            completed=row.completed_at is not None,
            certificate=next((c.number for c in row.certificates.all() if c.revoked_on is None), ""),
        )
        for row, participant in zip(rows, _participants(rows, choice), strict=True)
    )
    return results_sheet(
        "BẢNG KẾT QUẢ", outcomes, head=sheet_head(choice.programme), subtitles=_subtitles(choice), made_on=choice.on
    )


def _shares(rows: list[Enrolment]) -> Iterable[tuple[Enrolment, Decimal | None]]:
    """Presence in percent of the meetings held."""
    for row, known in facts(rows):
        yield row, None if known.attendance is None else 100 * known.attendance


def report_paper(choice: Choice) -> Paper:
    """Báo cáo kết quả: what was planned, done and late, by class and by unit, as of the day."""
    seen = overview(choice)
    settings = _settings(choice.programme)
    return report(
        issuer=_issuer(settings),
        abstract=f"Kết quả thực hiện {_named(choice.programme)}",
        parts=[
            Section("Tình hình triển khai", _situation(seen)),
            Section("Kết quả", _outcome(seen)),
            Section("Tồn tại và kiến nghị", _missing(seen)),
        ],
        signature=_signature(settings),
        recipients=_recipients(settings),
        to=settings.get("to", ()),
        annexes=[Annex("Kết quả theo đơn vị", (_by_unit(seen),))],
    )


def decision_paper(choice: Choice) -> Paper:
    """Quyết định cấp chứng nhận for those who have completed, with the list as its annex."""
    programme, settings = choice.programme, _settings(choice.programme)
    rows = _rows(choice.but(state="completed"))
    if not rows:
        raise Refused(
            N_("Cannot draft the decision on certificates of %(programme)s: nobody has completed by %(day)s."),
            programme=programme.name,
            day=f"{choice.on:%d/%m/%Y}",
        )
    listed = _participants(rows, choice)
    table = Table(
        (
            Column("TT", ColumnKind.ORDER),
            Column("Họ và tên", weight=3),
            Column("Năm sinh", ColumnKind.MARK, 1.5),
            Column("Đơn vị", weight=3),
            Column("Lớp", ColumnKind.MARK, 1.2),
        ),
        cells([(n, p.name, p.born, p.unit, p.group) for n, p in enumerate(listed, 1)]),
    )
    head = _signature(settings).lines[-1]
    bases = [f"Theo đề nghị của bộ phận phụ trách {_named(programme)}"]
    if programme.decision:
        act = programme.decision
        bases.insert(
            0,
            f"Căn cứ {act_of_number(act.number)} số {act.number} {day_text(act.issued_on)} của {act.issuer} "
            f"{_lower(act.title)}".strip(),
        )
    return decision(
        issuer=_issuer(settings),
        authority=f"{head} {settings['issuer']}".upper() if settings["issuer"].upper() not in head else head,
        abstract=f"Về việc cấp chứng nhận hoàn thành {_named(programme)}",
        bases=bases,
        articles=[
            Article(
                f"Cấp chứng nhận hoàn thành {_named(programme)} cho {_figure(len(rows))} học viên "
                "có tên trong danh sách kèm theo."
            ),
            Article("Quyết định này có hiệu lực kể từ ngày ký."),
            Article(
                "Các đơn vị có liên quan và các học viên có tên tại Điều 1 chịu trách nhiệm thi hành Quyết định này."
            ),
        ],
        signature=_signature(settings),
        recipients=_recipients(settings),
        annexes=[Annex("Danh sách học viên được cấp chứng nhận", (table,))],
    )


def _situation(seen: Overview) -> tuple[str | Table, ...]:
    programme, total = seen.choice.programme, seen.total
    last = programme.period.upper - timedelta(days=1)
    act = programme.decision
    basis = (
        f" theo {act_of_number(act.number)} số {act.number} {day_text(act.issued_on)} của {act.issuer}" if act else ""
    )
    return (
        f"{_named(programme, first=True)} được thực hiện{basis} từ ngày {programme.period.lower:%d/%m/%Y} "
        f"đến ngày {last:%d/%m/%Y}. Số liệu tính đến hết ngày {seen.choice.on:%d/%m/%Y}.",
        f"Đã tổ chức {_figure(len(seen.classes))} lớp với {_figure(total.people)} học viên trên "
        f"{_figure(seen.places)} chỗ; thực hiện {_figure(total.held)} trên {_figure(total.meetings)} buổi học.",
    )


def _outcome(seen: Overview) -> tuple[Clause | str | Table, ...]:
    total = seen.total
    attendance = f"; tỷ lệ chuyên cần đạt {_percent(total)}" if total.attendance is not None else ""
    return (
        f"Có {_figure(total.completed)} học viên hoàn thành, {_figure(total.certified)} học viên được cấp "
        f"chứng nhận{attendance}. Kết quả theo lớp như sau:",
        Table(
            (
                Column("Lớp", weight=1.4),
                Column("Học viên", ColumnKind.NUMBER, 1),
                Column("Buổi đã học", ColumnKind.MARK, 1.2),
                Column("Chuyên cần", ColumnKind.NUMBER, 1.2),
                Column("Hoàn thành", ColumnKind.NUMBER, 1.2),
                Column("Chứng nhận", ColumnKind.NUMBER, 1.2),
            ),
            cells(
                [
                    (
                        line.title, line.people, f"{line.held}/{line.meetings}", _percent(line), line.completed,
                        line.certified,
                    )
                    for line in seen.classes
                ]
            ),
        ),
    )  # fmt: skip


def _missing(seen: Overview) -> tuple[str, ...]:
    total = seen.total
    said = []
    if total.missing:
        said.append(f"Còn {_figure(total.missing)} học viên chưa hoàn thành khóa học.")
    if total.under_way:
        said.append(f"{_figure(total.under_way)} học viên đang tiếp tục học.")
    if total.late:
        said.append(f"Còn {_figure(total.late)} buổi học đã qua nhưng chưa chốt điểm danh.")
    return tuple(said) or ("Không có tồn tại.",)


def _by_unit(seen: Overview) -> Table:
    return Table(
        (
            Column("TT", ColumnKind.ORDER),
            Column("Đơn vị", weight=3),
            Column("Học viên", ColumnKind.NUMBER, 1),
            Column("Chuyên cần", ColumnKind.NUMBER, 1.2),
            Column("Hoàn thành", ColumnKind.NUMBER, 1.2),
            Column("Chứng nhận", ColumnKind.NUMBER, 1.2),
        ),
        cells(
            [
                (n, line.title, line.people, _percent(line), line.completed, line.certified)
                for n, line in enumerate(unit_lines(seen, units_of(seen.choice)), 1)
            ]
        ),
    )


def _rows(choice: Choice) -> list[Enrolment]:
    rows = people(choice).select_related("person", "training_class").prefetch_related("marks", "certificates")
    return sorted(rows, key=lambda row: (row.training_class.code, row.person.sort_key))


def _participants(rows: Iterable[Enrolment], choice: Choice) -> Iterable[Participant]:
    rows = list(rows)
    called = names((row.unit_id for row in rows), on=choice.naming_day)
    for row in rows:
        person = row.person
        born = str(Birth(person.birth_year, person.birth_month, person.birth_day)) if person.birth_year else ""
        unit = called[row.unit_id].full_name if row.unit_id in called else ""
        yield Participant(person.full_name, born, row.post_title, unit, row.training_class.code)


def _named(programme: Programme, *, first: bool = False) -> str:
    """The programme's name within a sentence: with the word for it, unless it begins with one."""
    if programme.name.casefold().startswith(("chương trình", "hội nghị", "khóa", "lớp", "đề án", "kế hoạch")):
        return programme.name if first else _lower(programme.name)
    return f"{'Chương trình' if first else 'chương trình'} {programme.name}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def sheet_head(programme: Programme) -> SheetHead:
    """Who makes the lists of a programme, as its file says, else its owner."""
    settings = programme.papers.get("report") or {}
    owner = names([programme.unit_id], on=programme.period.lower)
    return SheetHead(
        settings.get("issuer") or (owner[programme.unit_id].full_name if owner else programme.name),
        settings.get("superior", ""),
    )


def _subtitles(choice: Choice) -> list[str]:
    said = [choice.programme.name]
    return [*said, f"Lớp {choice.class_code}"] if choice.class_code else said


def _settings(programme: Programme) -> dict[str, Any]:
    settings = programme.papers.get("report")
    if not settings:
        raise Refused(
            N_(
                "Cannot draft the paper of %(programme)s: its file does not say who issues and signs it. "
                "Add the part «report» to the programme file and load it."
            ),
            programme=programme.name,
        )
    return dict(settings)


def _issuer(settings: dict[str, Any]) -> Issuer:
    return Issuer(settings["issuer"], settings["code"], settings["place"], settings.get("superior", ""))


def _signature(settings: dict[str, Any]) -> Signature:
    return Signature(tuple(settings["signer"]["post"].upper().splitlines()), settings["signer"]["name"])


def _recipients(settings: dict[str, Any]) -> Recipients:
    archive = settings.get("archive", "")
    return Recipients(tuple(settings.get("recipients", ())), "" if archive == "VT" else archive)


def _figure(number: int) -> str:
    """A number as papers write it: 1.234; below ten with its 0, as clerks write counts."""
    return f"{number:02d}" if 0 < number < 10 else f"{number:,}".replace(",", ".")


def _percent(line: Line) -> str:
    return "–" if line.attendance is None else f"{line.attendance_percent}%"
