"""What is shown page by page in the demonstration's live workshop: the same slides in Vietnamese and in English."""

from datetime import date, datetime
from typing import Final

from lantoa.ledger.rules import Actor
from lantoa.web.rules.slides import pdf_of
from lantoa.workshops.actions.documents import add_document
from lantoa.workshops.actions.slides import show_slide, use_as_slides
from lantoa.workshops.models import Workshop

MARK: Final = {
    "vi": "Mô phỏng: nội dung và số liệu đều hư cấu",
    "en": "Simulated: words and figures are invented",
}
TITLE: Final = {"vi": "Kết quả bồi dưỡng của các đơn vị", "en": "What the units have learnt"}
SLIDES: Final = {
    "vi": (
        (TITLE["vi"], ("Trình bày tại hội thảo mô phỏng",)),
        ("Ai đã học", ("12 lớp, 480 học viên", "9 trong 10 người dự đủ số buổi", "Xã, phường nào cũng có người học")),
        (
            "Điều gì đã đổi",
            ("Hồ sơ trả trước hạn nhiều hơn", "Ít giấy tờ phải nộp lại hơn", "Hỏi qua điện thoại, không phải đi lại"),
        ),
        (
            "Điều gì còn vướng",
            ("Đường truyền ở xã vùng cao", "Chữ ký số chưa đủ cho mọi cán bộ", "Dữ liệu cũ chưa nhập hết"),
        ),
        ("Việc tiếp theo", ("Mỗi đơn vị chọn một việc làm thử trong ba tháng", "Đo trước, đo sau, công bố kết quả")),
    ),
    "en": (
        (TITLE["en"], ("Presented at the simulated workshop",)),
        (
            "Who has learnt",
            ("12 classes, 480 learners", "9 of 10 came as often as needed", "Somebody from every commune and ward"),
        ),
        (
            "What has changed",
            ("More files are returned early", "Fewer papers are asked for twice", "A call instead of a journey"),
        ),
        (
            "What is still in the way",
            (
                "Lines of communes in the mountains",
                "Not everybody can sign digitally",
                "Older records are not all entered",
            ),
        ),
        ("What comes next", ("Each unit tries one thing for three months", "Measure before and after, publish")),
    ),
}


def show_slides(*, by: Actor, workshop: Workshop, at: datetime, day: date) -> None:
    """Puts the first slide on, in both languages; the pages are drawn by jobs when the house runs."""
    first = None
    for language in workshop.languages:
        made = add_document(
            by=by,
            workshop=workshop,
            name=f"trang-chieu-{language}.pdf",
            content=pdf_of(TITLE[language], SLIDES[language], mark=MARK[language], language=language, day=day),
            title=TITLE[language],
            language=language,
            at=at,
        )
        deck = use_as_slides(by=by, document=made, same_as=first, at=at)
        first = first or deck
    assert first is not None
    show_slide(by=by, deck=first, number=1, at=at)
