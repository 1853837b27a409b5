"""An exam that has been sat and marked by one of two, and another to be printed: made in the town by actions."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from django.utils import timezone

from lantoa.directory.models import Person
from lantoa.exams.actions.answering import hand_in, save_answer, start
from lantoa.exams.actions.bank import add_question, create_bank
from lantoa.exams.actions.marking import judge, set_markers
from lantoa.exams.actions.paper import create_paper, draw_variant
from lantoa.exams.actions.sittings import make_sitting, mark_attempts
from lantoa.exams.models import Attempt, Bank, Sitting
from lantoa.exams.rules.answers import fingerprint
from lantoa.exams.rules.content import Content, Criterion, Option
from lantoa.exams.rules.drawing import Blueprint, Part
from lantoa.ledger.rules import Machine

BY, FIRST_MARKER = Machine("walk"), Machine("nguoi-cham-thu-nhat")
SAT, TO_PRINT = "Kiểm tra có câu tự luận (minh họa)", "Kiểm tra trên giấy (minh họa)"
SAID = "Tôi sẽ rà soát thủ tục của phường, chọn một thủ tục để làm trước, và báo cáo sau một tháng."
WRONG = "Cơ quan nhận văn bản điện tử phải làm gì trước tiên?"


def made() -> None:
    """Twice the same paper: sat by six of whom one has written something, and not begun."""
    now = timezone.now()
    unit = Sitting.objects.filter(together=True).earliest("pk").unit
    people = list(Person.objects.filter(posts__unit__isnull=False).distinct().order_by("pk")[:6])
    bank = create_bank(by=BY, title="Ngân hàng câu hỏi của buổi thi", summary="", unit=unit, at=now)
    options = ("In ra giấy", "Kiểm tra chữ ký số", "Chuyển tiếp ngay", "Lưu vào máy")
    wrong = tuple(Option(text, Fraction(int(at == 0))) for at, text in enumerate(options))
    other = (Option("Đúng người ký", Fraction(1)), Option("Đúng cỡ chữ"))
    criteria = (Criterion("Nêu được việc cụ thể", Decimal(2)), Criterion("Có thời hạn", Decimal(1)))
    long = Content(
        "long", "Anh chị sẽ làm gì trong tháng tới?", points=Decimal(3), criteria=criteria, words=150, difficulty=3
    )
    plan_as_file = Content("file", "Nộp kế hoạch của anh chị.", extensions=("pdf",), difficulty=4)
    asked = (
        Content("single", WRONG, options=wrong, shuffle=False, difficulty=1),
        Content("single", "Chữ ký số cho biết điều gì?", options=other, shuffle=False, difficulty=2),
        long,
        plan_as_file,
    )
    for number, content in enumerate(asked, 1):
        add_question(by=BY, bank=bank, content=content, code=f"BT-{number}", aims=[], at=now)
    parts = tuple(Part(bank.key, difficulty=level) for level in (1, 2, 3, 4))  # in this order
    plan = Blueprint(parts, shuffle_questions=False, shuffle_options=False)
    paper = create_paper(by=BY, title="Đề có câu tự luận", unit=unit, blueprint=plan, at=now)
    variant = draw_variant(by=BY, paper=paper, banks=Bank.objects.filter(pk=bank.pk), at=now, seed=1)
    began = now - timedelta(minutes=30)
    sat, _printed = (
        make_sitting(
            by=BY, unit=unit, paper=paper, title=title, people=people, minutes=20, at=began, starts_at=begins
        )
        for title, begins in ((SAT, began), (TO_PRINT, None))
    )
    doubtful, other_one, essay, _file = (one["id"] for one in variant.content)
    for place, attempt in enumerate(sat.sat.select_related("variant", "sitting").order_by("pk")):
        at = began + timedelta(minutes=place)
        start(by=BY, attempt=attempt, at=at)
        save_answer(by=BY, attempt=attempt, question=doubtful, answer="b" if place else "a", at=at)
        save_answer(by=BY, attempt=attempt, question=other_one, answer="ab"[place % 2], at=at)
        if not place:
            save_answer(by=BY, attempt=attempt, question=essay, answer=SAID, at=at)
        hand_in(by=BY, attempt=Attempt.objects.get(pk=attempt.pk), at=at + timedelta(minutes=1))
    set_markers(by=BY, sitting=sat, markers=2, tolerance=Decimal("0.5"))
    first = sat.sat.select_related("variant", "sitting").earliest("pk")
    mark_attempts(by=BY, attempts=[first], at=now)
    points = [Decimal("0.5"), Decimal("0.5")]
    of = fingerprint(SAID)
    judge(by=FIRST_MARKER, attempt=first, question=essay, of=of, points=sum(points, Decimal(0)), parts=points, at=now)
