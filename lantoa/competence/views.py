"""Pages of courses, their topics and materials."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.competence.actions import (
    add_material,
    add_topic,
    change_course,
    change_topic,
    create_course,
    drop_topics,
    move_topic,
    remove_material,
)
from lantoa.competence.forms import CourseForm, FindForm, MaterialForm, TopicForm
from lantoa.competence.models import Course, Material, Topic
from lantoa.competence.queries import find_courses, topics_with_materials
from lantoa.competence.rules import too_large_for_phones
from lantoa.directory.access import check, grants_of, in_care, may, needs, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names
from lantoa.office.actions.files import keep_file
from lantoa.office.rules.files import MATERIALS

PAGE = 50


@needs("programmes.view")
@require_safe
def courses(request: HttpRequest) -> HttpResponse:
    """The courses of the units in one's care."""
    form = FindForm(request.GET or None)
    text = form.cleaned_data["text"] if form.is_bound and form.is_valid() else ""
    mine = Course.objects.filter(unit__in=in_care(request.user, "programmes.view", on=today()))  # type: ignore[arg-type]
    page = Paginator(find_courses(mine, text=text), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "manages": bool(grants_of(request.user, "competence.manage", on=today()).units),  # type: ignore[arg-type]
    }
    return render(request, "competence/courses.html", context)


@needs("programmes.view")
@require_safe
def course(request: HttpRequest, key: str) -> HttpResponse:
    """One course: its topics with outcomes, hours and materials."""
    found = get_object_or_404(Course.objects.select_related("unit"), key=key)
    check(request, found.unit)
    topics = list(topics_with_materials(found))
    context = {
        "course": found,
        "topics": [
            {
                "topic": topic,
                "outcomes": [line for line in topic.outcomes.splitlines() if line],
                "materials": [
                    {"material": one, "large": bool(one.file and too_large_for_phones(one.file.size))}
                    for one in topic.materials.all()
                ],
                "is_first": at == 0,
                "is_last": at == len(topics) - 1,
            }
            for at, topic in enumerate(topics)
        ],
        "hours": sum(topic.hours for topic in topics),
        "manages": may(request.user, "competence.manage", found.unit, on=today()),
        "breadcrumbs": [{"label": _("Courses"), "url": reverse("competence:courses")}],
    }
    return render(request, "competence/course.html", context)


@needs("competence.manage")
@require_http_methods(["GET", "POST"])
def new_course(request: HttpRequest) -> HttpResponse:
    """A new course of a unit one manages."""
    units = Unit.objects.filter(pk__in=grants_of(request.user, "competence.manage", on=today()).units)  # type: ignore[arg-type]
    called = names(units.values_list("pk", flat=True), on=today())
    owners = [(unit.key, called[unit.pk].full_name if unit.pk in called else unit.key) for unit in units]
    form = CourseForm(request.POST or None, owners=owners, units=units)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_course(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            return redirect("competence:course", made.key)
        except Refused as reason:
            form.add_error("code", say(reason))
    return _form(request, form, _("New course"))


@needs("competence.manage")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Changes a course's title and summary."""
    found = get_object_or_404(Course.objects.select_related("unit"), key=key)
    check(request, found.unit)
    form = CourseForm(request.POST or None, owners=[], units=None, course=found)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        change_course(by=request.user, course=found, title=values["title"], summary=values["summary"])  # type: ignore[arg-type]
        messages.success(request, _("The changes are saved."))
        return redirect("competence:course", found.key)
    return _form(request, form, _("Change the course"), found)


@needs("competence.manage")
@require_http_methods(["GET", "POST"])
def new_topic(request: HttpRequest, key: str) -> HttpResponse:
    """A topic more, after the last."""
    found = get_object_or_404(Course.objects.select_related("unit"), key=key)
    check(request, found.unit)
    form = TopicForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_topic(by=request.user, course=found, **form.cleaned_data)  # type: ignore[arg-type]
        return redirect("competence:course", found.key)
    return _form(request, form, _("Add a topic"), found)


@needs("competence.manage")
@require_http_methods(["GET", "POST"])
def edit_topic(request: HttpRequest, key: str) -> HttpResponse:
    """Changes a topic."""
    topic = _topic(request, key)
    form = TopicForm(request.POST or None, topic=topic)
    if request.method == "POST" and form.is_valid():
        change_topic(by=request.user, topic=topic, **form.cleaned_data)  # type: ignore[arg-type]
        messages.success(request, _("The changes are saved."))
        return redirect("competence:course", topic.course.key)
    return _form(request, form, _("Change the topic"), topic.course)


@needs("competence.manage")
@require_POST
def reorder_topic(request: HttpRequest, key: str) -> HttpResponse:
    """Moves a topic one place up or down."""
    topic = _topic(request, key)
    move_topic(by=request.user, topic=topic, up=request.POST.get("way") == "up")  # type: ignore[arg-type]
    return redirect("competence:course", topic.course.key)


@needs("competence.manage")
@require_POST
def drop_topic(request: HttpRequest, key: str) -> HttpResponse:
    """Removes a topic that no meeting treats."""
    topic = _topic(request, key)
    drop_topics(by=request.user, course=topic.course, topics=[topic])  # type: ignore[arg-type]
    messages.success(request, _("The topic %(title)s was removed.") % {"title": topic.title})
    return redirect("competence:course", topic.course.key)


@needs("competence.manage")
@require_http_methods(["GET", "POST"])
def new_material(request: HttpRequest, key: str) -> HttpResponse:
    """A file or a link more for a topic."""
    topic = _topic(request, key)
    form = MaterialForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            _keep(request, topic, form.cleaned_data)
            return redirect("competence:course", topic.course.key)
        except Refused as reason:
            form.add_error("file", say(reason))
    return _form(request, form, _("Add a material"), topic.course)


def _keep(request: HttpRequest, topic: Topic, values: dict[str, Any]) -> None:
    file = None
    if upload := values["file"]:
        file = keep_file(
            by=request.user,  # type: ignore[arg-type]
            name=upload.name,
            content=upload,
            unit=topic.course.unit,
            at=timezone.now(),
            allowed=MATERIALS,
        )
        if too_large_for_phones(file.size):
            messages.warning(request, _("This file is large for a phone on a bad line. Offer a smaller one too."))
    add_material(by=request.user, topic=topic, title=values["title"], file=file, url=values["url"])  # type: ignore[arg-type]


@needs("competence.manage")
@require_POST
def drop_material(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a material away."""
    material = get_object_or_404(Material.objects.select_related("topic__course__unit"), key=key)
    check(request, material.topic.course.unit)
    remove_material(by=request.user, material=material)  # type: ignore[arg-type]
    messages.success(request, _("The material %(title)s was removed.") % {"title": material.title})
    return redirect("competence:course", material.topic.course.key)


def _topic(request: HttpRequest, key: str) -> Topic:
    topic = get_object_or_404(Topic.objects.select_related("course__unit"), key=key)
    check(request, topic.course.unit)
    return topic


def _form(request: HttpRequest, form: Any, title: str, of: Course | None = None) -> HttpResponse:
    way = [{"label": _("Courses"), "url": reverse("competence:courses")}]
    if of:
        way.append({"label": of.title, "url": reverse("competence:course", args=[of.key])})
    return render(request, "competence/form.html", {"form": form, "title": title, "breadcrumbs": way})
