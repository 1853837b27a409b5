"""Long jobs: the list, one job with its progress, stopping it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantoa.common.words import say
from lantoa.directory.access import check, in_care, needs, today
from lantoa.office.actions.jobs import REGISTERED, stop_job
from lantoa.office.models import Job
from lantoa.office.queries.people import names_of
from lantoa.office.rules.refusals import from_json

ON_A_PAGE = 50


def title_of(job: Job) -> str:
    """What people call this kind of job."""
    registered = REGISTERED.get(job.kind)
    return _(registered.title) if registered else job.kind


def state_of(job: Job) -> tuple[str, str]:
    """The kind of its state (for the look) and its word."""
    return {
        Job.State.WAITING: ("none", _("waiting")),
        Job.State.RUNNING: ("now", _("running")),
        Job.State.DONE: ("ok", _("done")),
        Job.State.FAILED: ("late", _("failed")),
        Job.State.STOPPED: ("wait", _("stopped")),
    }[Job.State(job.state)]


def progress_of(job: Job, poll: str) -> dict[str, Any]:
    """The arguments of the component that shows how far it is."""
    words = {
        Job.State.WAITING: _("Waiting for its turn."),
        Job.State.RUNNING: _("Working."),
        Job.State.DONE: _("Done."),
        Job.State.FAILED: _("It has failed."),
        Job.State.STOPPED: _("It was stopped."),
    }[Job.State(job.state)]
    return {
        "done": job.done,
        "total": job.total or 0,
        "words": words,
        "poll": poll if job.is_active else "",
        "finished": not job.is_active,
        "url": job.result.get("url", ""),
        "link": _("See the result"),
    }


@needs("office.view_jobs")
@require_safe
def list_jobs(request: HttpRequest) -> HttpResponse:
    """The jobs of the units in the reader's care, the newest first."""
    cared = in_care(request.user, "office.view_jobs", on=today())  # type: ignore[arg-type]
    page = Paginator(Job.objects.filter(unit__in=cared).order_by("-id"), ON_A_PAGE).get_page(request.GET.get("page"))
    names = names_of(job.requested_by for job in page)
    rows = [
        {"job": job, "title": title_of(job), "state": state_of(job), "who": names[job.requested_by]} for job in page
    ]
    return render(request, "office/jobs.html", {"page": page, "rows": rows})


@needs("office.view_jobs")
@require_safe
def show_job(request: HttpRequest, key: str) -> HttpResponse:
    """One job: what, who, how far, and where its result is."""
    job = get_object_or_404(Job.objects.select_related("unit"), key=key)
    check(request, job.unit)
    context = {
        "job": job,
        "title": title_of(job),
        "state": state_of(job),
        "who": names_of([job.requested_by])[job.requested_by],
        "progress": progress_of(job, reverse("office:job_progress", args=[key])),
        "refusal": say(from_json(job.refusal)) if job.refusal else "",
    }
    return render(request, "office/job.html", context)


@needs("office.view_jobs")
@require_safe
def show_progress(request: HttpRequest, key: str) -> HttpResponse:
    """The progress alone, asked again and again; nothing when it has ended, so that the page loads itself anew."""
    job = get_object_or_404(Job.objects.select_related("unit"), key=key)
    check(request, job.unit)
    if not job.is_active:
        return HttpResponse("")
    poll = reverse("office:job_progress", args=[key])
    return render(request, "components/progress.html", progress_of(job, poll))


@needs("office.view_jobs")
@require_POST
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """Stops a job: for whoever started it, or may import or manage for its unit."""
    job = get_object_or_404(Job.objects.select_related("unit"), key=key)
    check(request, job.unit)
    if job.requested_by != request.user.actor_key:  # type: ignore[union-attr]
        check(request, job.unit, "office.import")
    stop_job(by=request.user, job=job, at=timezone.now())  # type: ignore[arg-type]
    return redirect("office:job", key)
