"""The minutes of a room: its facts, and the paper made of what was signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from lantoa.accounts.models import User
from lantoa.exams.models import Attempt, Invigilator, Minutes, Remark, Room
from lantoa.exams.queries.room_list import born
from lantoa.exams.queries.rooms import oddities, rows_in
from lantoa.exams.rules.clock import Phase
from lantoa.exams.rules.minutes import text_mark
from lantoa.office.rules.papers.decree import PAPER_TYPES
from lantoa.office.rules.papers.model import (
    Annex,
    Clause,
    Column,
    ColumnKind,
    Issuer,
    Paper,
    Point,
    Recipients,
    Section,
    Signature,
    Table,
)

MINUTE = timedelta(minutes=1)


def facts(room: Room, *, at: datetime) -> dict[str, Any]:
    """What the minutes of the room would hold at this moment: numbers, times and keys, never a name or free text."""
    sitting, times = room.sitting, room.sitting.times()
    odd = {one.attempt.pk: one.counted() for one in oddities(room)}
    rows = list(rows_in(room, show="people", at=at))
    candidates = [_candidate(row, odd.get(row.pk, {})) for row in rows]
    remarks = Remark.objects.filter(room=room).select_related("attempt").order_by("pk")
    begins, last = times.begins(), times.last_start()
    started = [one for one in candidates if one["started"]]
    handed_in = [one for one in candidates if one["handed_in"]]
    return {
        "room": room.key,
        "name": room.name,
        "unit": room.unit.key,
        "sitting": sitting.key,
        "title": sitting.title,
        "together": sitting.together,
        "minutes": sitting.minutes,
        "begins": _said(begins),
        "ends": _said(last),
        "ended_early": _said(sitting.ended_at),
        "listed": len(candidates),
        "present": len(started),
        "absent": len(candidates) - len(started),
        "handed_in": len(handed_in),
        "not_handed_in": len(started) - len(handed_in),
        "checked": sum(1 for one in candidates if one["checked"]),
        "late": sum(1 for one in candidates if one["late"]),
        "odd": sum(1 for one in candidates if one["odd"]),
        "candidates": candidates,
        "remarks": [
            {
                "remark": one.key,
                "kind": one.kind,
                "attempt": one.attempt.key if one.attempt else "",
                "minutes": one.minutes or 0,
                "text": text_mark(one.text),
                "at": _said(one.made_at),
            }
            for one in remarks
        ],
    }


def _candidate(row: Attempt, odd: dict[str, int]) -> dict[str, Any]:
    return {
        "attempt": row.key,
        "number": row.seat.number,
        "checked": row.seat.checked_at is not None,
        "absent": row.seat.absent_at is not None,
        "started": _said(row.started_at),
        "handed_in": _said(row.handed_in_at),
        "extra": row.extra_minutes,
        "late": bool(row.late),  # type: ignore[attr-defined]
        "odd": odd,
    }


def _said(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(timezone.get_default_timezone()).isoformat(timespec="seconds")


def moment_of(said: str) -> datetime | None:
    """A moment of the content; None where none is known."""
    return parse_datetime(said) if said else None


def still_at_work(room: Room, *, at: datetime) -> int:
    """How many of the room can still write, or still start and were not marked absent."""
    count = 0
    for row in Attempt.objects.filter(seat__room=room).select_related("sitting", "seat"):
        extra = row.extra_minutes * MINUTE
        phase = row.sitting.times().phase(at, row.started_at, row.handed_in_at, extra)
        count += phase is Phase.RUNNING or (phase in {Phase.OPEN, Phase.WAITING} and row.seat.absent_at is None)
    return count


def added_after(minutes: Minutes) -> list[Remark]:
    """The remarks that were added after the minutes were signed."""
    signed = [one["remark"] for one in minutes.content["remarks"]]
    rows = Remark.objects.filter(room=minutes.room).exclude(key__in=signed)
    return list(rows.select_related("attempt__person", "attempt__seat").order_by("pk"))


def signers(minutes: Minutes) -> list[tuple[str, datetime]]:
    """Who signed, and when, in their order."""
    keys = [minutes.signed_by, *([minutes.second_by] if minutes.second_by else [])]
    called = {f"user:{one.key}": one.full_name for one in User.objects.filter(key__in=[key[5:] for key in keys])}
    times = [minutes.signed_at, minutes.second_at]
    return [(called.get(key, key), at) for key, at in zip(keys, times, strict=False) if at is not None]


# ---- the paper. Official papers are Vietnamese, whatever language the page is read in.

KINDS = {
    "late": "Đến muộn",
    "device": "Đổi thiết bị",
    "absent": "Vắng có lý do",
    "violation": "Vi phạm quy định",
    "line": "Mất đường truyền",
    "other": "Việc khác",
}
REASONS = {
    "line": "đường truyền hoặc thiết bị gặp sự cố",
    "centre": "lỗi phía hệ thống",
    "needs": "sức khỏe hoặc khuyết tật",
    "room": "phòng thi bị gián đoạn",
}
ODD = {
    "foreign": "{} lần gửi bài dưới tên người khác (đã bị từ chối)",
    "devices": "làm bài trên {} thiết bị",
    "missing": "thiếu {} lượt trả lời từ thiết bị",
    "broken": "{} lượt trả lời không nối tiếp lượt trước",
    "forked": "{} số thứ tự dùng hai lần",
    "jumped": "đồng hồ thiết bị nhảy {} lần",
    "late": "{} lượt trả lời đến sau khi hết giờ",
    "after": "{} lượt trả lời đến sau khi nộp bài",
    "differing": "{} câu trả lời khác nhau giữa hai thiết bị",
}


@dataclass(frozen=True)
class Head:
    """Who issues the minutes: body, its superior, the abbreviation in the code, the place."""

    issuer: str
    superior: str
    code: str
    place: str


def minutes_paper(minutes: Minutes, head: Head) -> Paper:
    """Biên bản coi thi, from what was signed; names are those of today."""
    said = minutes.content
    people = _people(said)
    signed = [name for name, _at in signers(minutes)]
    return Paper(
        kind=PAPER_TYPES["BB"],
        issuer=Issuer(head.issuer, head.code, head.place, head.superior),
        abstract=f"Coi thi phòng {said['name']}, {said['title']}",
        signature=Signature(("CÁN BỘ COI THI 1",), signed[0]),
        beside=Signature(("CÁN BỘ COI THI 2",), signed[1]) if len(signed) > 1 else None,
        recipients=Recipients(("Đơn vị tổ chức kỳ thi",)),
        parts=(
            Section("Thời gian, địa điểm", _times(said)),
            Section("Cán bộ coi thi", tuple(Clause(f"{name}.") for name in (*signed, *_named(minutes.room, signed)))),
            Section("Số liệu", _figures(said)),
            Section("Diễn biến", _events(minutes, people)),
            Section("Xác nhận", _confirmed(minutes)),
        ),
        annexes=(_list(said, people),),
    )


def _people(said: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    rows = Attempt.objects.filter(key__in=[one["attempt"] for one in said["candidates"]]).select_related("person")
    return {
        one.key: (
            one.person.full_name,
            born(one.person),
        )
        for one in rows
    }


def _named(room: Room, signed: Sequence[str]) -> list[str]:
    named = Invigilator.objects.filter(room=room).select_related("person").order_by("person__sort_key")
    return [one.person.full_name for one in named if one.person.full_name not in signed]


def _clock(said: str) -> str:
    moment = moment_of(said)
    return f"{timezone.localtime(moment):%H giờ %M phút, ngày %d/%m/%Y}" if moment else "không xác định"


def _times(said: Mapping[str, Any]) -> tuple[Clause, ...]:
    begins = "Bắt đầu" if said["together"] else "Được bắt đầu từ"
    found = [
        Clause(f"Phòng thi: {said['name']}."),
        Clause(f"{begins}: {_clock(said['begins'])}; thời gian làm bài: {said['minutes']} phút."),
        Clause(f"Kết thúc (chưa tính thời gian bù): {_clock(said['ends'])}."),
    ]
    if said["ended_early"]:
        found.append(Clause(f"Kỳ thi được kết thúc trước giờ: {_clock(said['ended_early'])}."))
    return tuple(found)


def _figures(said: Mapping[str, Any]) -> tuple[Clause, ...]:
    return (
        Clause(f"Số thí sinh trong danh sách: {said['listed']}; đã đối chiếu nhân thân: {said['checked']}."),
        Clause(f"Số thí sinh dự thi: {said['present']}; vắng: {said['absent']}."),
        Clause(f"Số bài đã nộp: {said['handed_in']}; hết giờ mà không bấm nộp: {said['not_handed_in']}."),
        Clause(f"Số thí sinh có câu trả lời đến muộn: {said['late']}; có dấu hiệu cần xem xét: {said['odd']}."),
    )


def _events(minutes: Minutes, people: Mapping[str, tuple[str, str]]) -> tuple[Clause, ...]:
    keys = [one["remark"] for one in minutes.content["remarks"]]
    texts = dict(Remark.objects.filter(key__in=keys).values_list("key", "text"))
    notes = [Point(_event(one, texts.get(one["remark"], ""), people)) for one in minutes.content["remarks"]]
    odd = [
        Point(f"{people.get(one['attempt'], ('', ''))[0]}: {_odd(one['odd'])}.")
        for one in minutes.content["candidates"]
        if one["odd"]
    ]
    return (
        Clause(title="Ghi nhận của cán bộ coi thi", parts=tuple(notes)) if notes else Clause("Không có ghi nhận."),
        Clause(title="Ghi nhận của hệ thống", parts=tuple(odd))
        if odd
        else Clause("Hệ thống không ghi nhận bất thường."),
    )


def _event(one: Mapping[str, Any], text: str, people: Mapping[str, tuple[str, str]]) -> str:
    whom = f"{people.get(one['attempt'], ('', ''))[0]}: " if one["attempt"] else ""
    moment = moment_of(one["at"])
    at = f"{timezone.localtime(moment):%H:%M}, " if moment else ""
    if one["kind"] == "time":
        what = "có tất cả {} phút bù giờ" if one["attempt"] else "cả phòng được thêm {} phút"
        reason = REASONS.get(text, "")
        return f"{at}{whom}{what.format(one['minutes'])}{f', lý do: {reason}' if reason else ''}."
    ended = f": {text.rstrip('.')}" if text else ""
    return f"{at}{whom}{KINDS[one['kind']]}{ended}."


def _odd(found: Mapping[str, int]) -> str:
    return "; ".join(ODD[name].format(count) for name, count in found.items())


def _confirmed(minutes: Minutes) -> tuple[Clause, ...]:
    who = "; ".join(f"{name}, {timezone.localtime(at):%H:%M ngày %d/%m/%Y}" for name, at in signers(minutes))
    return (
        Clause(f"Ký trên hệ thống: {who}."),
        Clause(f"Mã kiểm tra (SHA-256) của nội dung đã ký, ghi trong sổ nhật ký: {minutes.sha256}."),
    )


def _list(said: Mapping[str, Any], people: Mapping[str, tuple[str, str]]) -> Annex:
    columns = (
        Column("TT", ColumnKind.ORDER),
        Column("Họ và tên", weight=3),
        Column("Ngày sinh", ColumnKind.MARK, weight=1.4),
        Column("Bắt đầu", ColumnKind.MARK, weight=1.2),
        Column("Nộp bài", ColumnKind.MARK, weight=1.2),
        Column("Thêm phút", ColumnKind.NUMBER, weight=1),
        Column("Ghi chú", weight=1.6),
    )
    rows = tuple(
        (
            one["number"],
            *people.get(one["attempt"], ("", "")),
            _hour(one["started"]),
            _hour(one["handed_in"]),
            one["extra"] or None,
            "vắng" if not one["started"] else "muộn" if one["late"] else "",
        )
        for one in said["candidates"]
    )
    return Annex("Danh sách thí sinh", (Table(columns, rows),))


def _hour(said: str) -> str:
    moment = moment_of(said)
    return f"{timezone.localtime(moment):%H:%M:%S}" if moment else ""
