"""Addresses of open classes."""

from django.urls import URLPattern, path

from lantoa.training.views import open_classes

urlpatterns: list[URLPattern] = [
    path("open-classes/", open_classes.listed, name="open_classes"),
    path("open-classes/<slug:key>/", open_classes.join, name="join"),
    path("open-classes/leave/<str:token>/", open_classes.leave, name="leave"),
    path("classes/<slug:key>/open/", open_classes.open_class, name="open_class"),
    path("classes/<slug:key>/open/end/", open_classes.close_class, name="close_class"),
]
