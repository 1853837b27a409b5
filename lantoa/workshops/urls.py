"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.workshops.views import workshops

app_name = "workshops"
urlpatterns: list[URLPattern] = [
    path("workshops/", workshops.workshops, name="workshops"),
    path("workshops/new/", workshops.new, name="new"),
    path("workshops/<slug:key>/", workshops.workshop, name="workshop"),
    path("workshops/<slug:key>/change/", workshops.change, name="change"),
    path("workshops/<slug:key>/announce/<slug:to>/", workshops.announce, name="announce"),
    path("workshops/<slug:key>/hold/<slug:to>/", workshops.hold, name="hold"),
]
