"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.web import views

app_name = "web"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
]
