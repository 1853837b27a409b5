"""Who interprets, and the glossary of a workshop."""

from typing import Any

from django.db.models import QuerySet

from lantoa.accounts.models import User
from lantoa.workshops.models import Interpreter, Term, Workshop

MOST_TERMS = 500


def interprets(user: Any, workshop: Workshop) -> bool:
    """Whether the user is named as an interpreter of a workshop that is announced."""
    if not isinstance(user, User) or not user.is_active or workshop.state == Workshop.State.DRAFT:
        return False
    return Interpreter.objects.filter(workshop=workshop, account=user.actor_key).exists()


def interpreters_of(workshop: Workshop) -> "QuerySet[Interpreter]":
    """In the order in which they were named."""
    return Interpreter.objects.filter(workshop=workshop).order_by("pk")


def terms_of(workshop: Workshop) -> "QuerySet[Term]":
    """The glossary, in the order in which it was written."""
    return Term.objects.filter(workshop=workshop).order_by("pk")
