"""Banks as files, with everything named that a format cannot carry."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lantoa.common.refused import N_
from lantoa.exams.models import Bank
from lantoa.exams.queries.bank import content_of, pictures_of, questions_of
from lantoa.exams.rules.content import Answer as Taken
from lantoa.exams.rules.content import Content, Option, Pair
from lantoa.exams.rules.formats import aiken, gift, moodle, sheet
from lantoa.exams.rules.formats.model import Loss, WrittenQuestion
from lantoa.exams.rules.texts import pictures_in

FORMATS = {"xml": "Moodle XML", "gift": "GIFT", "xlsx": "Excel", "txt": "Aiken"}


@dataclass(frozen=True)
class Exported:
    """A file of questions, and what it could not carry."""

    content: bytes
    losses: Sequence[Loss]


def written(bank: Bank) -> list[WrittenQuestion]:
    """The questions of a bank as the formats take them; the retired ones left out."""
    made = []
    versions = questions_of(bank).prefetch_related("aims__topic__course")
    for version in versions:
        content = content_of(version)
        wanted = pictures_in(content.texts())
        found = pictures_of(bank, wanted) if wanted else {}
        pictures = {name: (one.media_type, bytes(one.content)) for name, one in found.items()}
        aims = tuple(
            " / ".join(filter(None, (aim.topic.course.code, aim.topic.title, aim.outcome)))
            for aim in version.aims.all()
        )
        made.append(WrittenQuestion(version.question.code, content, aims, pictures))
    return made


def export(questions: Sequence[WrittenQuestion], extension: str) -> Exported:
    """The questions in the format of this extension."""
    lost = [
        Loss(one.code, N_("The criteria of the rubric cannot be carried."))
        for one in questions
        if one.content.criteria and extension != "txt"  # of those the whole question is lost
    ]
    if extension == "xlsx":
        content, losses = sheet.workbook(questions)
        return Exported(content, [*losses, *lost])
    write = {"xml": moodle.write, "gift": gift.write, "txt": aiken.write}[extension]
    text, losses = write(questions)
    return Exported(text.encode(), [*losses, *lost])


ONE = Fraction(1)
HALF = Fraction(1, 2)
EXAMPLES = [
    WrittenQuestion(f"VD{number:02d}", content)
    for number, content in enumerate(
        (
            Content(
                "single",
                "Chữ ký số dùng để làm gì?",
                options=(Option("Xác nhận người ký và nội dung đã ký", ONE), Option("Trang trí văn bản")),
            ),
            Content(
                "multiple",
                "Những việc nào giúp giữ an toàn tài khoản?",
                options=(
                    Option("Đặt mật khẩu dài", HALF),
                    Option("Bật xác thực hai bước", HALF),
                    Option("Cho đồng nghiệp mượn mật khẩu"),
                ),
            ),
            Content("truefalse", "Văn bản điện tử có chữ ký số có giá trị như văn bản giấy.",
                    options=(Option("", ONE), Option(""))),
            Content("matching", "Ghép việc với nơi làm.",
                    pairs=(Pair("Nộp hồ sơ", "Cổng dịch vụ công"), Pair("Phản ánh", "Ứng dụng của thành phố"))),
            Content("ordering", "Sắp xếp các bước nộp hồ sơ trực tuyến.",
                    options=(Option("Đăng nhập"), Option("Điền tờ khai"), Option("Nộp và nhận mã hồ sơ"))),
            Content("numeric", "Một byte có bao nhiêu bit?", answers=(Taken("8"),)),
            Content("short", "Viết tắt của Chuyển đổi số là gì?", answers=(Taken("CĐS"), Taken("CDS", HALF))),
            Content("long", "Nêu một việc cơ quan anh chị sẽ làm trong ba tháng tới.", rubric="Rõ việc, rõ người.",
                    words=200),
            Content("file", "Nộp kế hoạch của đơn vị.", extensions=("pdf", "docx"), rubric="Đúng mẫu."),
        ),
        1,
    )
]  # fmt: skip


def template() -> bytes:
    """The empty Excel sheet with an example of each kind."""
    return sheet.workbook(EXAMPLES)[0]
