"""The papers of the privacy desk: the answer to a request, and the notice of a breach to the authority.

Official papers are Vietnamese, whatever language the page is read in. The notice follows what form 08 of Decree
356/2025/NĐ-CP asks for (Law 91/2025/QH15, Article 23); the form's own print is not copied.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from lantoa.office.models import Breach, DataRequest
from lantoa.office.rules.papers.decree import PAPER_TYPES
from lantoa.office.rules.papers.model import Clause, Issuer, Paper, Recipients, Section, Signature
from lantoa.office.rules.papers.wording import day_text
from lantoa.office.rules.privacy import report_by

LAW = "Căn cứ Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15"
DECREE = "Căn cứ Nghị định số 356/2025/NĐ-CP quy định chi tiết một số điều của Luật Bảo vệ dữ liệu cá nhân"
ASKED = {
    "see": "được xem, được cung cấp dữ liệu cá nhân",
    "correct": "chỉnh sửa dữ liệu cá nhân",
    "delete": "xóa dữ liệu cá nhân",
    "restrict": "hạn chế xử lý dữ liệu cá nhân",
    "object": "phản đối xử lý dữ liệu cá nhân, rút lại sự đồng ý",
}
ENDED = {
    "done": "Yêu cầu đã được thực hiện.",
    "refused": "Yêu cầu không được thực hiện.",
    "taken_back": "Người yêu cầu đã rút lại yêu cầu.",
}


@dataclass(frozen=True)
class Head:
    """Who issues and who signs."""

    issuer: str
    code: str
    place: str
    superior: str
    post: str
    signer: str


def answer_paper(request: DataRequest, head: Head, *, name: str) -> Paper:
    """Thông báo: what was asked, what was done, what can be done against it."""
    received = timezone.localtime(request.received_at)
    asked = ASKED[request.kind]
    said = [
        f"Ngày {received:%d/%m/%Y}, {head.issuer} nhận được yêu cầu {asked} của ông (bà) {name}.",
        _stands(request),
    ]
    if request.extended_at is not None:
        said.append(
            f"Thời hạn thực hiện được gia hạn một lần, đến hết ngày {request.due_on:%d/%m/%Y}; lý do: "
            f"{request.extension_reason}."
        )
    if request.outcome:
        said.append(request.outcome if request.outcome.endswith(".") else f"{request.outcome}.")
    said.append(
        "Nếu không đồng ý với kết quả này, ông (bà) có quyền khiếu nại, tố cáo, khởi kiện theo quy định của pháp "
        "luật."
    )
    return _paper(head, f"Trả lời yêu cầu {asked}", tuple(said), to=(f"Ông (bà) {name}",))


def _stands(request: DataRequest) -> str:
    if request.ended_at is not None:
        return f"{ENDED[request.state]} Ngày kết thúc: {timezone.localtime(request.ended_at):%d/%m/%Y}."
    return f"Yêu cầu đang được thực hiện, chậm nhất đến hết ngày {request.due_on:%d/%m/%Y}."


def breach_paper(breach: Breach, head: Head, *, now: datetime) -> Paper:
    """Thông báo vi phạm: the contents of form 08, section by section."""
    told = breach.reported_at or now
    late = told > report_by(breach.detected_at)
    unknown = "Chưa xác định; sẽ bổ sung khi có thông tin."
    parts = (
        Section(
            "Thông tin về vi phạm",
            (
                Clause(f"Thời điểm phát hiện: {_moment(breach.detected_at)}."),
                Clause(f"Thời gian, địa điểm xảy ra: {breach.happened or unknown}"),
                Clause(f"Hành vi, diễn biến: {breach.what}"),
            ),
        ),
        Section(
            "Dữ liệu và người bị ảnh hưởng",
            (
                Clause(f"Loại dữ liệu cá nhân liên quan: {breach.data}"),
                Clause(
                    f"Số chủ thể dữ liệu bị ảnh hưởng: {breach.people:,}.".replace(",", ".")
                    if breach.people is not None
                    else f"Số chủ thể dữ liệu bị ảnh hưởng: {unknown}"
                ),
                Clause(f"Hậu quả, thiệt hại có thể xảy ra: {breach.effects or unknown}"),
            ),
        ),
        Section(
            "Biện pháp",
            (
                Clause(f"Biện pháp đã thực hiện để khắc phục, giảm thiểu tác hại: {breach.measures or unknown}"),
                Clause(
                    f"Thông báo cho chủ thể dữ liệu: {_moment(breach.people_told_at)}."
                    if breach.people_told_at
                    else "Thông báo cho chủ thể dữ liệu: chưa thực hiện."
                ),
                *((Clause(f"Lý do thông báo sau 72 giờ: {breach.late_reason or unknown}"),) if late else ()),
            ),
        ),
        Section("Đầu mối liên hệ", (f"Bộ phận bảo vệ dữ liệu cá nhân của {head.issuer}.",)),
    )
    return Paper(
        kind=PAPER_TYPES["TB"],
        issuer=_issuer(head),
        abstract=f"Vi phạm quy định về bảo vệ dữ liệu cá nhân: {breach.title}",
        signature=_signature(head),
        recipients=Recipients(("Như trên",)),
        to=("Cục An ninh mạng và phòng, chống tội phạm sử dụng công nghệ cao, Bộ Công an",),
        bases=(LAW, f"{DECREE} (nội dung theo Mẫu số 08)"),
        parts=parts,
    )


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local:%H giờ %M phút}, {day_text(date(local.year, local.month, local.day))}"


def _paper(head: Head, abstract: str, said: tuple[str, ...], *, to: tuple[str, ...]) -> Paper:
    return Paper(
        kind=PAPER_TYPES["TB"],
        issuer=_issuer(head),
        abstract=abstract,
        signature=_signature(head),
        recipients=Recipients(("Như trên",)),
        to=to,
        bases=(LAW, DECREE),
        parts=said,
    )


def _issuer(head: Head) -> Issuer:
    return Issuer(head.issuer, head.code, head.place, head.superior)


def _signature(head: Head) -> Signature:
    return Signature(tuple(head.post.upper().splitlines()), head.signer)
