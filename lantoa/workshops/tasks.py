"""Long jobs of the room."""

from collections.abc import Callable
from contextlib import closing
from datetime import time, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_
from lantoa.office.actions.clock import daily
from lantoa.office.actions.jobs import Running, job
from lantoa.office.queries.files import path_of
from lantoa.workshops.actions.conclusions import remind_tasks
from lantoa.workshops.actions.dry_run import remind_dry_run
from lantoa.workshops.actions.invitations import invite, remind
from lantoa.workshops.actions.question_notices import SOON, remind_due
from lantoa.workshops.actions.sites import CARRY_OVER, carry_over
from lantoa.workshops.actions.slides import DRAW, finish_drawing, keep_slide
from lantoa.workshops.drawing import Undrawable, drawn
from lantoa.workshops.models import Deck, Workshop
from lantoa.workshops.queries.conclusions import tasks_due_within
from lantoa.workshops.queries.dry_run import dry_runs_until
from lantoa.workshops.queries.invitations import INVITE, REMIND, groups_asked_about
from lantoa.workshops.queries.questions import due_within


@daily(time(8))
@job("workshops.remind_questions", N_("Remind units of questions of workshops"))
def remind_questions(running: Running) -> dict[str, Any]:
    """Reminds the units whose answers are due soon or late. Begun again it tells nobody twice."""
    at = timezone.now()
    told = remind_due(by=running.by, forwardings=due_within(SOON, on=timezone.localdate(at)), at=at)
    return {"url": reverse("office:notices"), "questions": told}


@daily(time(8))
@job("workshops.remind_tasks", N_("Remind units of tasks of workshops"))
def remind_of_tasks(running: Running) -> dict[str, Any]:
    """Reminds the units whose tasks are due soon or late. Begun again it tells nobody twice."""
    at = timezone.now()
    rows = tasks_due_within(SOON, on=timezone.localdate(at))
    return {"url": reverse("office:notices"), "tasks": remind_tasks(by=running.by, conclusions=rows, at=at)}


@daily(time(8))
@job("workshops.remind_dry_runs", N_("Remind sites of dry runs of workshops"))
def remind_of_dry_runs(running: Running) -> dict[str, Any]:
    """The day before a dry run, or on its day if it was announced late. Begun again it tells nobody twice."""
    at = timezone.now()
    near = dry_runs_until(timezone.localdate(at) + timedelta(days=1), at=at)
    told = sum(remind_dry_run(by=running.by, workshop=one, at=at) for one in near)
    return {"url": reverse("office:notices"), "people": told}


@job(INVITE, N_("Invite the sites of a workshop"))
def invite_sites(running: Running) -> dict[str, Any]:
    """Invites all that were not invited yet."""
    return _in_groups(running, INVITE, invite)


@job(REMIND, N_("Remind the sites of a workshop"))
def remind_sites(running: Running) -> dict[str, Any]:
    """Reminds those that have not answered."""
    return _in_groups(running, REMIND, remind)


@job(CARRY_OVER, N_("Carry the sites of a workshop over"))
def carry_sites_over(running: Running) -> dict[str, Any]:
    """Takes the sites of the workshop before over."""

    def carried(workshop: Workshop) -> dict[str, int]:
        at = timezone.now()
        on_step = running.step
        return {
            "sites": carry_over(by=running.by, workshop=workshop, on=timezone.localdate(at), at=at, on_step=on_step)
        }

    return _of_all_sites(running, "workshops:sites", carried)


@job(DRAW, N_("Draw the slides of a workshop"))
def draw_slides(running: Running) -> dict[str, Any]:
    """Each page is a transaction of its own: killed, the job goes on with the first page that is missing."""
    deck = Deck.objects.select_related("document__file", "document__workshop").filter(key=running.arguments["deck"])
    row = deck.first()
    if row is None:  # taken away meanwhile
        return {"slides": 0}
    undrawn, number = "", row.slides.count()
    missing = number + 1
    try:
        with closing(drawn(path_of(row.document.file), missing)) as pages:  # its process ends with the job
            for number, (of, small, wide) in enumerate(pages, missing):
                if not keep_slide(deck=row, number=number, of=of, small=small, wide=wide):
                    break
                running.step(number, of)
    except Undrawable as reason:
        undrawn = reason.why
    finish_drawing(by=running.by, deck=row, undrawn=undrawn, at=timezone.now())
    return {"url": reverse("workshops:slides", args=[row.document.workshop.key]), "slides": number}


def _in_groups(running: Running, what: str, act: Callable[..., tuple[int, int]]) -> dict[str, Any]:
    """Group after group, each a transaction that also notes what was done: between two of them the chair and the desk
    act. Killed, whoever goes on asks what is left; what is committed is not done again (decision 0049)."""
    workshop = Workshop.objects.select_related("unit").get(key=running.arguments["workshop"])
    done = {"sites": 0, "others": 0, **running.checkpoint.get("done", {})}
    groups = groups_asked_about(workshop, what, on=timezone.localdate())
    total = done["sites"] + sum(len(one) for one in groups)
    for only in groups:
        running.step(done["sites"], total)
        with transaction.atomic():
            sites, others = act(by=running.by, workshop=workshop, at=timezone.now(), only=only)
            done = {"sites": done["sites"] + sites, "others": done["others"] + others}
            running.keep(done=done)
    running.step(done["sites"], total)
    return {"url": reverse("workshops:invitations", args=[workshop.key]), **done}


def _of_all_sites(running: Running, page: str, act: Callable[[Workshop], dict[str, int]]) -> dict[str, Any]:
    """One transaction, in which it is noted that it was done: killed before its end nothing has happened, killed
    after it nothing happens again."""
    workshop = Workshop.objects.select_related("unit", "previous").get(key=running.arguments["workshop"])
    with transaction.atomic():
        if "done" not in running.checkpoint:
            running.keep(done=act(workshop))
    return {"url": reverse(page, args=[workshop.key]), **running.checkpoint["done"]}
