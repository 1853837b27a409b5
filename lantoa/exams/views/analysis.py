"""What an exam tells of its questions, for whoever sees the keys and for its lecturer: in sentences, then numbers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.pictures import Bar, bars
from lantoa.common.refused import N_
from lantoa.common.templatetags.lantoa import percent
from lantoa.common.words import fill
from lantoa.directory.access import may, needs, saw, shows_people, today
from lantoa.exams.actions.analysis import ANALYSE
from lantoa.exams.models import Sitting, Variant
from lantoa.exams.queries.access import KEYS, reads_analysis
from lantoa.exams.queries.analysis import (
    AT_ONCE,
    Asked,
    Row,
    is_over,
    kept_summary,
    rows_in,
    state_of,
    summary_of,
    variants_of,
)
from lantoa.exams.queries.analysis_sheet import workbook
from lantoa.exams.queries.showing import as_candidate, shown_question
from lantoa.exams.queries.sittings import active_job
from lantoa.exams.rules import texts
from lantoa.exams.rules.analysis import FEW, LEAST, OUTCOMES, SENTENCES, Finding, reliability_words
from lantoa.exams.rules.content import KINDS
from lantoa.exams.rules.corrections import lettered_as_in_the_bank
from lantoa.exams.views.sittings import way
from lantoa.office.actions.jobs import start_job
from lantoa.office.queries.files import made_file


@dataclass(frozen=True)
class Reading:
    """What can be shown now. Without a summary: too few, or a job has to work it out first."""

    people: int
    left: int  # marked, but not whole
    over: bool
    sitting: Sitting
    variants: list[Variant]
    summary: dict[str, Any] | None = None
    made_at: datetime | None = None  # of a kept summary
    stale: bool = False

    @property
    def rows(self) -> list[Row]:
        """Its questions."""
        return rows_in(self.sitting, self.variants, self.summary) if self.summary else []


def _reached(request: HttpRequest, key: str) -> Sitting:
    """The sitting, for whoever may read what it tells; 404 for strangers."""
    found = get_object_or_404(Sitting.objects.select_related("unit", "paper"), key=key)
    if not reads_analysis(request.user, found, on=today()):  # type: ignore[arg-type]
        raise Http404
    return found


def _sees_keys(request: HttpRequest, found: Sitting) -> bool:
    """Whether the reader reaches the bank and the exam itself; a lecturer reads what it tells and nothing else."""
    return may(request.user, KEYS, found.unit, on=today())


def _read(sitting: Sitting) -> Reading:
    state, people, left = state_of(sitting)
    over = is_over(sitting, at=timezone.now())
    if not over or people < LEAST:
        return Reading(people, left, over, sitting, [])
    variants = variants_of(sitting)
    if people * max(len(one.content) for one in variants) <= AT_ONCE:
        return Reading(people, left, over, sitting, variants, summary_of(sitting))
    kept = kept_summary(sitting)
    if kept is None:
        return Reading(people, left, over, sitting, variants)
    return Reading(people, left, over, sitting, variants, kept.content, kept.made_at, kept.state != state)


@needs("exams.view_analysis")
@shows_people(N_("what an exam tells of its questions"))
@require_http_methods(["GET", "POST"])
def analysis(request: HttpRequest, key: str) -> HttpResponse:
    """What the whole test tells, and each question; POST has a large one worked out anew."""
    found = _reached(request, key)
    if request.method == "POST":
        job = active_job(ANALYSE, sitting=found.key) or start_job(
            by=request.user,  # type: ignore[arg-type]
            kind=ANALYSE,
            arguments={"sitting": found.key},
            unit=found.unit,
            at=timezone.now(),
        )
        if _sees_keys(request, found):
            return redirect("office:job", job.key)
        messages.success(request, _("It is being worked out. Open this page again in a minute."))
        return redirect(request.path)
    read = _read(found)
    saw(request, found, None)
    rows = [_shown(row) for row in read.rows]
    context = {
        "sitting": found,
        "read": read,
        "least": LEAST,
        "few": read.people < FEW,
        "wholes": [_whole(one) for one in read.summary["wholes"]] if read.summary else [],
        "urgent": [row for row in rows if row["urgent"]],
        "rows": rows,
        "breadcrumbs": way(found) if _sees_keys(request, found) else [],
    }
    return render(request, "exams/analysis.html", context)


def _whole(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "words": "" if one["alpha"] is None else _(reliability_words(one["alpha"]))}


def name_of_question(asked: Asked) -> str:
    """Its number where it is the same for everybody; where one variant alone has it, that too; else its code."""
    if asked.number:
        return _("Question %(number)d") % {"number": asked.number}
    if len(asked.places) == 1:
        variant, number = asked.places[0]
        return _("Question %(number)d of variant %(variant)03d") % {"number": number, "variant": variant}
    return asked.code


def letter(one: str) -> str:
    """A choice as the page of the question calls it."""
    return {"true": _("true"), "false": _("false")}.get(one, one.upper())


def sentence(finding: Finding) -> str:
    """A finding in the reader's language."""
    values: dict[str, Any] = {
        name: ", ".join(letter(one) for one in letters) for name, letters in finding.letters.items()
    }
    if finding.share is not None:
        values["share"] = percent(finding.share)
    return fill(SENTENCES[finding.name], values)


def _shown(row: Row) -> dict[str, Any]:
    return {
        "id": row.asked.id,
        "name": name_of_question(row.asked),
        "code": row.asked.code,
        "places": ", ".join(f"{variant:03d}: {number}" for variant, number in row.asked.places),
        "kind": _(KINDS[row.asked.kind]),
        "told": row.told,
        "urgent": row.urgent,
        "sentences": [sentence(one) for one in row.findings],
        "given": row.asked.given,
    }


@needs("exams.view_analysis")
@shows_people(N_("what an exam tells of one question"))
@require_safe
def analysed_question(request: HttpRequest, key: str, question: str) -> HttpResponse:
    """One question: who chose what, drawn and counted."""
    found = _reached(request, key)
    read = _read(found)
    row = next((one for one in read.rows if one.asked.id == question), None)
    if row is None:
        raise Http404
    saw(request, found, None)
    names = [_("lower third"), _("middle third"), _("upper third")]
    counted = _counted(row)
    sees_keys = _sees_keys(request, found)
    context = {
        "sitting": found,
        "read": read,
        "few": read.people < FEW,
        "row": _shown(row),
        "item": item_of(row.asked),
        "bank_url": reverse("exams:question", args=[row.asked.version.question.key])
        if row.asked.version and sees_keys
        else "",
        "thirds": names,
        "sizes": row.told.thirds if row.told else (),
        "counted": counted,
        "picture": _picture(row, counted, names),
        "breadcrumbs": [
            *(way(found) if sees_keys else []),
            {"label": _("What the exam tells"), "url": reverse("exams:sitting_analysis", args=[found.key])},
        ],
    }
    return render(request, "exams/analysis_question.html", context)


def item_of(asked: Asked) -> dict[str, Any]:
    """The question with its choices in the order and the letters of the bank."""
    if asked.version is not None and asked.kind not in ("ordering", "matching"):  # those are always shuffled
        bank = asked.version.question.bank
        return as_candidate(asked.version, lambda _bank, picture: reverse("exams:picture", args=[bank.key, picture]))
    variant, key = asked.keys[0]
    shown = next(one for one in variant.content if one["id"] == asked.id)
    return shown_question(lettered_as_in_the_bank(shown, key))


def _counted(row: Row) -> list[dict[str, Any]]:
    """A row for each choice, or for each outcome where there is nothing to choose; and for those who left it out."""
    if row.told is None:
        return []
    if not row.asked.options:
        return [
            {"name": _(words), "right": False, "counts": row.told.outcomes[name]} for name, words in OUTCOMES.items()
        ]
    counted = [
        {"name": letter(one), "right": share > 0, "counts": row.told.choices.get(one, (0, 0, 0))}
        for one, share in sorted(row.asked.options.items())
    ]
    return [*counted, {"name": _(OUTCOMES["blank"]), "right": False, "counts": row.told.outcomes["blank"]}]


def _picture(row: Row, counted: list[dict[str, Any]], names: list[str]) -> str:
    if row.told is None:
        return ""
    drawn = []
    for one in counted:
        for third in (2, 1, 0):
            size = row.told.thirds[third]
            share = one["counts"][third] / size if size else 0.0
            mark = "✓ " if one["right"] else ""
            drawn.append(
                Bar(
                    f"{mark}{one['name']}, {names[third]}",
                    share,
                    f"{percent(share)} ({one['counts'][third]})",
                    kind="held" if one["right"] else f"s{3 + third}",
                )
            )
    title = _("Who chose what: %(question)s") % {"question": name_of_question(row.asked)}
    said = _(
        "For each choice the share of the upper, middle and lower third that chose it. The table has the numbers."
    )
    return bars(drawn, title=title, description=said, most=1.0)


@needs("exams.view_analysis")
@shows_people(N_("what an exam tells of its questions, as a file"))
@require_safe
def analysis_file(request: HttpRequest, key: str) -> HttpResponse:
    """The same as a workbook."""
    found = _reached(request, key)
    read = _read(found)
    if read.summary is None:
        raise Http404
    saw(request, found, None)
    lines = []
    for row in read.rows:
        shown = _shown(row)
        item = item_of(row.asked)
        lines.append((row, shown, texts.words(item["text"]), _counted(row)))
    content = workbook(found.title, read.summary, lines)
    return made_file(content, f"{pgettext('name of a file', 'analysis')}-{found.key}.xlsx")
