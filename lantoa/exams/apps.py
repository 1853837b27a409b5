"""The room at start-up: where somebody is led who comes in to sit an exam."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.urls import reverse

if TYPE_CHECKING:
    from lantoa.accounts.models import User


class ExamsConfig(AppConfig):
    name = "lantoa.exams"

    def ready(self) -> None:
        from lantoa.accounts.arrival import leads

        leads(near)


def near(user: "User", at: datetime) -> str:
    """Whoever signs in by a link or a card to sit an exam comes straight to its page."""
    from lantoa.exams.queries.ahead import exams_near

    found = exams_near(user, at=at)
    if len(found) == 1:
        return reverse("exams:my_exam", args=[found[0].key])
    return reverse("exams:my_exams") if found else ""
