"""The addresses that the look needs, so that its tests do not load every room."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import RequestContext, Template
from django.urls import URLPattern, URLResolver, include, path

from lantoa.web import views_style

handler500 = "lantoa.common.middleware.server_error"


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class Work:
    """Long work that advances each time it is asked about: half, a lost line, done."""

    asked = 0


def work(request: HttpRequest) -> HttpResponse:
    """The page of the work."""
    page = (
        '{% extends "base.html" %}{% load static lantoa %}'
        '{% block scripts %}<script src="{% static "js/progress.js" %}" defer></script>{% endblock %}'
        '{% block content %}{% if done %}<p id="done">Xong</p>{% else %}'
        '{% component "progress" words="Đang làm" done=1 total=4 poll="/work/progress/" %}{% endif %}{% endblock %}'
    )
    return HttpResponse(Template(page).render(RequestContext(request, {"done": Work.asked > 2})))


def progress(request: HttpRequest) -> HttpResponse:
    """How far it is."""
    Work.asked += 1
    if Work.asked == 2:
        return HttpResponse(status=503)
    if Work.asked > 2:
        return HttpResponse("")
    asked = {"words": "Đang làm", "done": 2, "total": 4, "poll": "/work/progress/"}
    return render(request, "components/progress.html", asked)


help_ = [path("help/", empty, name="help"), path("help/<slug:name>/", empty, name="guide")]
web = ([path("", empty, name="home"), *help_, *views_style.urlpatterns], "web")
accounts = ([path("sign-in/", empty, name="sign_in"), path("sign-out/", empty, name="sign_out")], "accounts")
# the footer of every page leads there
training = ([path("verify/", empty, name="verify"), path("open-classes/", empty, name="open_classes")], "training")
pilots = ([path("pain-points/", empty, name="say")], "pilots")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(web)),
    path("", include(accounts)),
    path("", include(training)),
    path("", include(pilots)),
    path("work/", login_not_required(work)),
    path("work/progress/", login_not_required(progress)),
]
