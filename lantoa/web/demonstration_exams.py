"""A small question bank for the programme of District 9, and the paper of its tests before and after the course."""

from datetime import datetime
from fractions import Fraction
from pathlib import Path

from django.conf import settings

from lantoa.exams.actions.bank import add_question, create_bank
from lantoa.exams.actions.paper import create_paper, draw_variant
from lantoa.exams.models import Bank
from lantoa.exams.rules.drawing import Blueprint, Part
from lantoa.exams.rules.formats import gift
from lantoa.ledger.rules import Actor
from lantoa.programmes.models import Programme

TITLE = "Chuyển đổi số cho cán bộ phường"
QUESTIONS = Path("examples") / "questions" / "chuyen-doi-so.gift"


def write_questions(*, by: Actor, programme: Programme, at: datetime) -> None:
    """The questions of the example file in a bank, and a paper of two variants; the same at each start."""
    unit = programme.unit
    if Bank.objects.filter(unit=unit, title=TITLE).exists():
        return
    first = programme.classes.select_related("course").order_by("code").first()
    topics = list(first.course.topics.order_by("position")) if first else []
    summary = "Câu hỏi minh họa, dùng cho bài kiểm tra trước và sau khóa học."
    bank = create_bank(by=by, title=TITLE, summary=summary, unit=unit, at=at)
    text = (settings.BASE_DIR / QUESTIONS).read_text(encoding="utf-8")
    for number, question in enumerate(gift.read(text)):
        if question.content is not None:
            aims = [(topics[number % len(topics)], "")] if topics else []
            add_question(by=by, bank=bank, content=question.content, code=question.code, aims=aims, at=at)
    easy = [Part(bank.key, difficulty=level, count=2, penalty=Fraction(0)) for level in (1, 2, 3)]
    plan = Blueprint(
        tuple(easy),
        minutes=15,
        introduction="<p>Bài kiểm tra trước và sau khóa học. Mỗi câu một điểm, trả lời sai không bị trừ.</p>",
    )
    title = "Kiểm tra trước và sau khóa học, Quận 9"
    paper = create_paper(by=by, title=title, unit=unit, blueprint=plan, at=at)
    for seed in (2020, 2021):
        draw_variant(by=by, paper=paper, banks=Bank.objects.filter(pk=bank.pk), at=at, seed=seed)
