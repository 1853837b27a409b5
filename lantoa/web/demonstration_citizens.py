"""What invented citizens wrote to one ward of the demonstration by the public page, and what became of it."""

from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import timezone

from lantoa.directory.models import Unit
from lantoa.ledger.rules import Actor
from lantoa.pilots.actions.citizens import decline_word, hear, note_answered, take_over_word
from lantoa.pilots.models import CitizenWord
from lantoa.programmes.models import Field

CONSENT: Final = "Đồng ý để phường dùng tên và địa chỉ thư này chỉ để trả lời. (Người và lời bịa ra để minh họa.)"
TAKEN_OVER: Final = (
    "Nộp hồ sơ trực tuyến xong vẫn phải mang bản giấy đến quầy, chờ thêm một buổi. (Lời bịa ra để minh họa.)"
)
SET_ASIDE: Final = "Đèn đường trong hẻm hỏng đã hai tuần, không biết báo ở đâu. (Lời bịa ra để minh họa.)"
WAITS_FOR_AN_ANSWER: Final = (
    "Mẹ tôi không dùng điện thoại thông minh: tôi nộp hồ sơ thay thì ký thế nào? (Lời bịa ra để minh họa.)"
)
TO_BE_LOOKED_AT: Final = (
    "Mã QR ở bảng thông báo của tổ dân phố mở ra trang trống, đã thử ba lần. (Lời bịa ra để minh họa.)"
)


def hear_citizens(*, by: Actor, ward: Unit, on: date) -> None:
    """One taken over into a pain point, one put aside and answered, one that waits for an answer, one that nobody has
    looked at. Nothing when the ward has heard of citizens already."""
    if CitizenWord.objects.filter(unit=ward).exists():
        return
    taken = _hear(ward, TAKEN_OVER, on - timedelta(days=20))
    take_over_word(
        by=by,
        word=taken,
        title="Đã nộp trực tuyến vẫn phải mang bản giấy đến quầy",
        text="Người dân báo qua trang công khai; người và lời đều bịa ra để minh họa.",
        fields=list(Field.objects.filter(code="chinh-quyen-so")),
        where="Người dân, qua trang công khai",
        at=_moment(on - timedelta(days=19)),
        demonstration=True,
    )
    aside = _hear(ward, SET_ASIDE, on - timedelta(days=12), "Người dân minh họa 1", "nguoidan1@example.com")
    answered_at = _moment(on - timedelta(days=11))
    reason = "Đã chuyển tổ quản lý chiếu sáng; không phải việc chuyển đổi số. (Lời bịa ra để minh họa.)"
    note_answered(by=by, word=decline_word(by=by, word=aside, reason=reason, at=answered_at), at=answered_at)
    _hear(ward, WAITS_FOR_AN_ANSWER, on - timedelta(days=5), "Người dân minh họa 2", "nguoidan2@example.com")
    _hear(ward, TO_BE_LOOKED_AT, on - timedelta(days=3))


def _hear(ward: Unit, text: str, day: date, name: str = "", contact: str = "") -> CitizenWord:
    return hear(
        unit=ward,
        text=text,
        name=name,
        contact=contact,
        consent=CONSENT if contact else "",
        address="",
        at=_moment(day),
        on=day,
    )


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))
