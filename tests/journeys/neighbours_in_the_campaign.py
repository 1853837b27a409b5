"""Two more wards hand in their sheets of the campaign of the journey, and their reviews are finished."""

from django.utils import timezone

from lantoa.ledger.rules import Machine
from lantoa.readiness.actions.reviews import accept_rest, finish_review
from lantoa.readiness.actions.sheets import add_paper, hand_in, save_answer
from lantoa.readiness.models import Campaign, Sheet

BY, REVIEWER = Machine("walk"), Machine("reviewer")
ANSWERS = (("yes", "90", "110"), ("no", "20", "30"))  # one better than the ward of the journey, one worse


def made() -> None:
    """The first of the best, the second of the worst score."""
    now = timezone.now()
    held = Campaign.objects.get(version__code="ba-cau")
    sheets = held.sheets.filter(state=Sheet.State.FILLING, answers=None).order_by("id")[:2]
    for sheet, (plan, online, trained) in zip(sheets, ANSWERS, strict=True):
        told = {"by": BY, "sheet": sheet, "at": now, "on": timezone.localdate(now)}
        save_answer(component="1", typed={"value": plan}, **told)
        save_answer(component="2", typed={"part": online, "whole": "100"}, **told)
        save_answer(component="3", typed={"part": trained, "whole": "110"}, **told)
        if plan == "yes":
            add_paper(component="1", abstract="Kế hoạch chuyển đổi số năm 2026", **told)
        hand_in(**told)
        accept_rest(by=REVIEWER, sheet=sheet, at=now)
        finish_review(by=REVIEWER, sheet=sheet, at=now)
