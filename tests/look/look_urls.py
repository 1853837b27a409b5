"""The addresses that the look needs, so that its tests do not load every room."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from lantoa.web import views_style

handler500 = "lantoa.common.middleware.server_error"


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


web = ([path("", empty, name="home"), *views_style.urlpatterns], "web")
accounts = ([path("sign-in/", empty, name="sign_in"), path("sign-out/", empty, name="sign_out")], "accounts")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(web)),
    path("", include(accounts)),
]
