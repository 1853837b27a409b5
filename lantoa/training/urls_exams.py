"""Addresses of the exams of classes."""

from django.urls import URLPattern, path

from lantoa.training.views import exams

urlpatterns: list[URLPattern] = [
    path("classes/<slug:key>/exams/new/", exams.hold, name="hold_exam"),
    path("classes/<slug:key>/gain/", exams.gain, name="gain"),
    path("class-exams/<slug:key>/", exams.class_exam, name="class_exam"),
    path("class-exams/<slug:key>/cancel/", exams.cancel, name="cancel_exam"),
    path("class-exams/<slug:key>/add/", exams.add_joined, name="add_joined"),
]
