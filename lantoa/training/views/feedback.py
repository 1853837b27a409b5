"""What people said: by class, topic and lecturer, as words, pictures and rows. Groups under five stay untold."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantoa.common.pictures import Bar, bars, share_bar
from lantoa.common.refused import N_
from lantoa.common.templatetags.lantoa import percent, vnumber
from lantoa.directory.access import day_of, may, needs, saw, shows_people, today
from lantoa.directory.models import Person
from lantoa.programmes.models import Programme
from lantoa.training.models import Meeting
from lantoa.training.queries import feedback as found_by
from lantoa.training.queries.feedback import Series, Told, words_of_value
from lantoa.training.queries.feedback_sheet import sheet_of
from lantoa.training.rules.feedback.form import Question
from lantoa.training.rules.feedback.occasions import Occasion
from lantoa.training.rules.feedback.telling import SMALLEST, Group, Tally, grouped, together
from lantoa.training.views.classes import crumbs, programme_at
from lantoa.training.views.feedback_forms import results_crumbs
from lantoa.training.views.learning import person_of
from lantoa.training.views.papers import download

PAGE = 100


def language() -> str:
    return get_language() or "vi"


def group_words() -> dict[str, str]:
    """What answers are grouped by."""
    return {"class": _("By class"), "topic": _("By topic"), "lecturer": _("By lecturer")}


def series_words(series: Series) -> str:
    """What a series is called: the form's title, its months, its version."""
    title = series.form.form.title.in_(language())
    if series.months:
        title = _("%(title)s, %(months)d months later") % {"title": title, "months": series.months}
    return f"{title} · v{series.form.version}"


class _Choice:
    """What the address asks for: `?series=` `&by=` `&group=` `&question=` `&value=` `&on=`."""

    def __init__(self, request: HttpRequest, programme: Programme, *, lecturer: Person | None = None) -> None:
        self.request, self.programme, self.on = request, programme, day_of(request)
        self.surveys = found_by.surveys(programme, lecturer=lecturer)
        self.all_series = found_by.series_of(self.surveys)
        wanted = request.GET.get("series", "")
        self.series = next(
            (one for one in self.all_series if one.query == wanted), self.all_series[0] if self.all_series else None
        )
        groups = ["class", "topic", "lecturer"] if lecturer is None else ["topic", "class"]
        if self.series and self.series.occasion != Occasion.MEETING:
            groups = ["class"]
        self.groups = groups
        wanted = request.GET.get("by", "")
        self.by = wanted if wanted in groups else groups[0]

    @cached_property
    def told(self) -> Told:
        """What may be told of the chosen series; 404 where nothing was asked."""
        if self.series is None:
            raise Http404
        return found_by.telling(self.surveys, self.series, on=self.on)

    def query(self, **changes: str) -> str:
        """The address of the same with some of it changed."""
        values = {"series": self.series.query if self.series else "", "by": self.by, **changes}
        if self.on != today():
            values["on"] = self.on.isoformat()
        return urlencode({name: value for name, value in values.items() if value})


@needs("programmes.view")
@require_safe
def results(request: HttpRequest, key: str) -> HttpResponse:
    """The results of a programme. Rows and words open to those who hold the right for them."""
    programme = programme_at(request, key)
    opens = may(request.user, "training.feedback", programme.unit, on=today())
    choice = _Choice(request, programme)
    tasks = []
    if opens:
        tasks.append(
            {"url": reverse("training:feedback_forms", args=[key]), "label": _("Forms: what is asked, and when")}
        )
        if choice.series:
            address = reverse("training:feedback_sheet", args=[key])
            tasks.append({"url": f"{address}?{choice.query()}", "label": _("Results as a table file (.xlsx)")})
    return _results(
        request,
        choice,
        rows_url=reverse("training:feedback_rows", args=[key]) if opens else "",
        words_url=reverse("training:feedback_words", args=[key]) if opens else "",
        tasks=tasks,
        breadcrumbs=crumbs(programme),
    )


@needs("training.teach")
@require_safe
def taught(request: HttpRequest) -> HttpResponse:
    """The programmes in which the reader's own meetings were asked about."""
    person = Person.objects.filter(user=request.user.pk).first()
    listed = [
        {"url": reverse("training:feedback_mine", args=[one.key]), "label": one.name}
        for one in (found_by.taught_programmes(person) if person else ())
    ]
    way = [{"label": _("My meetings"), "url": reverse("training:teaching")}]
    return render(request, "training/feedback/taught.html", {"listed": listed, "breadcrumbs": way})


@needs("training.teach")
@require_safe
def mine(request: HttpRequest, key: str) -> HttpResponse:
    """The results of the reader's own meetings, with the words written about them; nobody else's."""
    programme = get_object_or_404(Programme.objects.select_related("unit"), key=key)
    lecturer = person_of(request)
    if not Meeting.objects.filter(lecturer=lecturer, training_class__programme=programme).exists():
        raise Http404
    way = [
        {"label": _("My meetings"), "url": reverse("training:teaching")},
        {"label": _("Feedback"), "url": reverse("training:feedback_taught")},
    ]
    return _results(request, _Choice(request, programme, lecturer=lecturer), own=True, breadcrumbs=way)


def _results(request: HttpRequest, choice: _Choice, **more: Any) -> HttpResponse:
    context: dict[str, Any] = {"programme": choice.programme, "on": choice.on, "smallest": SMALLEST, **more}
    if choice.series is not None:
        told = choice.told
        questions = choice.series.form.form.counted
        parts = grouped(told.boxes, questions, choice.by)
        whole = together(told.boxes, questions)
        context |= {
            "told": told,
            "series_tabs": [
                {
                    "label": series_words(one),
                    "url": f"?{choice.query(series=one.query)}",
                    "current": one == choice.series,
                }
                for one in choice.all_series
            ],
            "group_tabs": [
                {"label": group_words()[one], "url": f"?{choice.query(by=one)}", "current": one == choice.by}
                for one in choice.groups
            ],
            "said": _said(told),
            "all_url": f"{more['rows_url']}?{choice.query()}" if more.get("rows_url") and told.boxes else "",
            "questions": [
                _question(choice, question, whole, parts, more.get("rows_url", "")) for question in questions
            ]
            if told.boxes
            else [],
            "worded": [_words(choice, question, more) for question in choice.series.form.form.worded]
            if told.boxes and (more.get("own") or more.get("words_url"))
            else [],
        }
    return render(request, "training/feedback/results.html", context)


def _said(told: Told) -> list[str]:
    """What is withheld, in words."""
    said = []
    if told.open:
        words = ngettext(
            "%(count)s form still runs; its answers are shown when nobody can answer any more.",
            "%(count)s forms still run; their answers are shown when nobody can answer any more.",
            told.open,
        )
        said.append(words % {"count": vnumber(told.open)})
    if told.withheld:
        words = ngettext(
            "%(count)s form had fewer than %(least)d answers and is counted nowhere.",
            "%(count)s forms had fewer than %(least)d answers and are counted nowhere.",
            told.withheld,
        )
        said.append(words % {"count": vnumber(told.withheld), "least": SMALLEST})
    return said


def _question(choice: _Choice, question: Question, whole: Group, parts: list[Group], rows_url: str) -> dict[str, Any]:
    tally = whole.tallies[question.code]
    title = question.words.in_(language())
    if not tally.total:
        return {"title": title, "said": _("Fewer than %(least)d answers: not shown.") % {"least": SMALLEST}}
    named = [(part.name or _("not named"), part.tallies[question.code], part.name) for part in parts]
    values = question.values

    def cell(part: str, tally: Tally, value: str) -> dict[str, str]:
        count = tally.counts[value]
        shown = {"figure": vnumber(count) if tally.total else "–", "label": _value(question, value)}
        if rows_url and tally.total and count:
            query = choice.query(group=part, question=question.code, value=value)
            shown["url"] = f"{rows_url}?{query}"
        return shown

    return {
        "title": title,
        "said": _figure_said(question, tally),
        "picture": share_bar(
            [
                Bar(
                    _value(question, value),
                    count,
                    f"({vnumber(count)} · {percent(count / tally.total)})",
                    kind=f"s{place % 6 + 1}",
                )
                for place, (value, count) in enumerate(tally.distribution)
            ],
            title=title,
            description=_("How often each answer was given; the table below says the same."),
        ),
        "bars": _bars(question, named) if len(named) > 1 and question.kind != "choice" else "",
        "columns": [_value(question, value) for value in values],
        "figure_label": {"scale": _("Mean"), "yesno": _("Yes")}.get(question.kind, ""),
        "rows": [
            {
                "name": name,
                "total": vnumber(tally.total) if tally.total else "",
                "total_url": f"{rows_url}?{choice.query(group=part, question=question.code)}"
                if rows_url and tally.total
                else "",
                "figure": _figure(question, tally),
                "cells": [cell(part, tally, value) for value in values],
            }
            for name, tally, part in named
        ],
    }


def _value(question: Question, value: str) -> str:
    return words_of_value(question, value)


def _figure(question: Question, tally: Tally) -> str:
    if tally.mean is not None:
        return vnumber(tally.mean, 1)
    return percent(tally.share) if tally.share is not None else ""


def _figure_said(question: Question, tally: Tally) -> str:
    count = vnumber(tally.total)
    if tally.mean is not None:
        return _("%(mean)s of 5 on average, by %(count)s answers.") % {"mean": vnumber(tally.mean, 1), "count": count}
    if tally.share is not None:
        return _("%(share)s say yes, of %(count)s answers.") % {"share": percent(tally.share), "count": count}
    value, most = max(tally.distribution, key=lambda one: one[1])
    return _("Most often: %(answer)s (%(share)s of %(count)s answers).") % {
        "answer": _value(question, value),
        "share": percent(most / tally.total),
        "count": count,
    }


def _bars(question: Question, named: list[tuple[str, Tally, str]]) -> str:
    most = 5.0 if question.kind == "scale" else 1.0
    return bars(
        [
            Bar(name, float((tally.mean if question.kind == "scale" else tally.share) or 0), _figure(question, tally))
            for name, tally, _part in named
            if tally.total
        ],
        title=question.words.in_(language()),
        description=_("One bar for each line of the table below."),
        most=most,
    )


def _words(choice: _Choice, question: Question, more: dict[str, Any]) -> dict[str, Any]:
    """Own words are shown at once; those of a whole programme on a page of their own."""
    title = question.words.in_(language())
    if not more.get("own"):
        return {"title": title, "url": f"{more['words_url']}?{choice.query(question=question.code)}"}
    return {"title": title, "texts": found_by.words_of(choice.told, question)}


@needs("training.feedback")
@shows_people(N_("the answers of learners"))
@require_safe
def rows(request: HttpRequest, key: str) -> HttpResponse:
    """The single answers behind a number, without words and in no order of coming."""
    programme = programme_at(request, key)
    choice = _Choice(request, programme)
    told = choice.told
    questions = told.series.form.form.counted
    question = next((one for one in questions if one.code == request.GET.get("question")), None)
    value = request.GET.get("value", "") if question else ""
    chosen = bool(question and value in question.values)
    value = value if chosen else ""
    told = found_by.narrowed(
        told,
        by=choice.by if "group" in request.GET else "",
        group=request.GET.get("group", ""),
        question=question.code if question else "",
        value=value,
    )
    page = Paginator(range(told.answered), PAGE).get_page(request.GET.get("page"))
    first = page.start_index() - 1 if told.answered else 0
    listed = found_by.rows_of(told, question=question.code if question else "", value=value, first=first, most=PAGE)
    saw(request, programme, sum(1 for row in listed if row.name), part=page.number)
    return render(
        request,
        "training/feedback/rows.html",
        {
            "programme": programme,
            "on": choice.on,
            "page": page,
            "heading": " · ".join(
                part
                for part in (
                    series_words(told.series),
                    request.GET.get("group", "")[:200],
                    _heading(question, value) if question else "",
                )
                if part
            ),
            "columns": [one.words.in_(language()) for one in questions],
            "rows": [
                {
                    "groups": row.groups,
                    "name": row.name,
                    "cells": [
                        {"label": one.words.in_(language()), "text": _value(one, said) if said else "–"}
                        for one, said in zip(questions, row.values, strict=True)
                    ],
                }
                for row in listed
            ],
            "anonymous": told.series.form.form.anonymous,
            "by_meeting": told.series.occasion == Occasion.MEETING,
            "breadcrumbs": results_crumbs(programme),
        },
    )


def _heading(question: Question, value: str) -> str:
    said = question.words.in_(language())
    return f"{said}: {_value(question, value)}" if value else said


@needs("training.feedback")
@require_safe
def words(request: HttpRequest, key: str) -> HttpResponse:
    """What people wrote, in no order of coming, apart from their other answers."""
    programme = programme_at(request, key)
    choice = _Choice(request, programme)
    worded = choice.told.series.form.form.worded
    if not worded:
        raise Http404
    question = next((one for one in worded if one.code == request.GET.get("question")), worded[0])
    page = Paginator(found_by.words_of(choice.told, question), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "training/feedback/words.html",
        {
            "programme": programme,
            "on": choice.on,
            "title": question.words.in_(language()),
            "caption": series_words(choice.told.series),
            "page": page,
            "breadcrumbs": results_crumbs(programme),
        },
    )


@needs("training.feedback")
@require_safe
def sheet(request: HttpRequest, key: str) -> HttpResponse:
    """Numbers, rows and words as a workbook."""
    programme = programme_at(request, key)
    choice = _Choice(request, programme)
    content = sheet_of(
        choice.told, title=f"{programme.name} · {series_words(choice.told.series)}", language=language()
    )
    series = choice.told.series
    return download(content, f"{programme.code}-{series.form.code}-{series.months}.xlsx")
