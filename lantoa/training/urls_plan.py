"""Addresses of programme files."""

from django.urls import URLPattern, path

from lantoa.training.views import plan

urlpatterns: list[URLPattern] = [
    path("programme-files/", plan.load, name="load_plan"),
    path("programmes/<slug:key>/file/", plan.export, name="export_plan"),
]
