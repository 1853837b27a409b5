"""A programme file: loaded with a preview, and downloaded."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.forms import Form
from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import check, may, needs, today
from lantoa.programmes.models import Programme
from lantoa.training.actions.plan import LoadReport, export_plan, load_plan, touched_by
from lantoa.training.rules.plan import Fault, Plan, PlanFaults, read_plan, write_plan
from lantoa.training.rules.plan.nodes import LARGEST, decode
from lantoa.training.views.papers import download

KINDS = {
    "programme": gettext_lazy("Programme"),
    "agency": gettext_lazy("Agency"),
    "lecturer": gettext_lazy("Lecturer"),
    "room": gettext_lazy("Room"),
    "course": gettext_lazy("Course"),
    "class": gettext_lazy("Class"),
    "meeting": gettext_lazy("Meeting"),
    "assessment": gettext_lazy("Assessment"),
}
STATES = {
    "new": ("ok", gettext_lazy("new")),
    "changed": ("wait", gettext_lazy("changed")),
    "removed": ("late", gettext_lazy("removed")),
}
FIELDS = {
    "name": gettext_lazy("name"),
    "unit": gettext_lazy("unit"),
    "decision": gettext_lazy("decision"),
    "parent": gettext_lazy("parent programme"),
    "audience": gettext_lazy("audience"),
    "papers": gettext_lazy("certificate, report or rules"),
    "period": gettext_lazy("period"),
    "fields": gettext_lazy("fields of work"),
    "partners": gettext_lazy("partners"),
    "acts": gettext_lazy("legal acts"),
    "budget": gettext_lazy("budget"),
    "is_demonstration": gettext_lazy("demonstration"),
    "title": gettext_lazy("title"),
    "summary": gettext_lazy("summary"),
    "topics": gettext_lazy("topics"),
    "materials": gettext_lazy("materials"),
    "capacity": gettext_lazy("capacity"),
    "course": gettext_lazy("course"),
    "place": gettext_lazy("place"),
    "online_url": gettext_lazy("address of the online class"),
    "rule": gettext_lazy("rule of completion"),
    "time": gettext_lazy("time"),
    "topic": gettext_lazy("topic"),
    "lecturer": gettext_lazy("lecturer"),
    "room": gettext_lazy("room"),
    "kind": gettext_lazy("kind"),
    "highest": gettext_lazy("highest mark"),
    "due_on": gettext_lazy("due day"),
}


class PlanForm(Form):
    """A programme file as it is, or its text after it was corrected here."""

    file = forms.FileField(label=gettext_lazy("Programme file (.yaml)"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or the text of the file"), required=False, strip=False, widget=forms.Textarea
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("file") and not (values.get("text") or "").strip():
            raise ValidationError(_("Choose a file, or write its text."))
        return values


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Shows what a programme file would change, or its faults with their lines; applies it when told to."""
    form = PlanForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "step": 1}
    if request.method == "POST" and form.is_valid():
        apply = "apply" in request.POST
        try:
            text = _text(form)
            form = context["form"] = PlanForm(initial={"text": text})
            context["text"] = text
            plan = read_plan(text)
            _check_care(request, plan)
            report = load_plan(by=request.user, plan=plan, at=timezone.now(), apply=apply)  # type: ignore[arg-type]
            if apply:
                messages.success(request, _("The programme %(name)s is loaded.") % {"name": report.name})
                return redirect("programmes:programme", report.programme_key)
            context |= {"report": report, "changes": _said(report), "same": _same(report), "step": 2}
        except PlanFaults as faults:
            context["faults"] = [_fault(fault) for fault in faults.faults]
        except Refused as reason:
            context["refusal"] = say(reason)
    return render(request, "training/plan_load.html", context)


def _text(form: PlanForm) -> str:
    upload = form.cleaned_data["file"]
    if not upload:
        return str(form.cleaned_data["text"]).replace("\r\n", "\n")
    return decode(upload.read(4 * LARGEST + 1))


def _check_care(request: HttpRequest, plan: Plan) -> None:
    """Whoever loads a file manages the programmes of its owner, and the courses of theirs that it changes."""
    touched = touched_by(plan)
    for unit in touched.owners:
        if not may(request.user, "programmes.manage", unit, on=today()):
            raise Refused(
                N_("Cannot load programme %(code)s: you do not manage programmes of %(unit)s."),
                code=plan.programme.code,
                unit=str(plan.programme.unit),
            )
    for course in touched.courses:
        if not may(request.user, "competence.manage", course.unit, on=today()):
            raise Refused(
                N_(
                    "Cannot load programme %(code)s: course %(course)s belongs to a unit whose courses you do not "
                    "manage."
                ),
                code=plan.programme.code,
                course=course.code,
            )


def _fault(fault: Fault) -> dict[str, Any]:
    return {"line": fault.line, "column": fault.column, "path": fault.path, "reason": say(fault.reason)}


def _said(report: LoadReport) -> list[dict[str, Any]]:
    return [
        {
            "kind": KINDS[change.kind],
            "name": change.name,
            "tag": STATES[change.state][0],
            "word": STATES[change.state][1],
            "fields": ", ".join(str(FIELDS.get(name, name)) for name in change.fields),
        }
        for change in report.changes
    ]


def _same(report: LoadReport) -> str:
    return ", ".join(f"{KINDS[kind]} {count}" for kind, count in report.same.items())


@needs("programmes.view")
@require_safe
def export(request: HttpRequest, key: str) -> HttpResponse:
    """The programme as a file, for another house or for changing here."""
    programme = get_object_or_404(Programme.objects.select_related("unit", "decision", "parent"), key=key)
    check(request, programme.unit)
    return download(write_plan(export_plan(programme)), f"{programme.code}.yaml")
