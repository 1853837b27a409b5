"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.competence import views

app_name = "competence"
urlpatterns: list[URLPattern] = [
    path("courses/", views.courses, name="courses"),
    path("courses/new/", views.new_course, name="new_course"),
    path("courses/<slug:key>/", views.course, name="course"),
    path("courses/<slug:key>/change/", views.change, name="change_course"),
    path("courses/<slug:key>/topics/", views.new_topic, name="add_topic"),
    path("topics/<slug:key>/change/", views.edit_topic, name="change_topic"),
    path("topics/<slug:key>/move/", views.reorder_topic, name="move_topic"),
    path("topics/<slug:key>/remove/", views.drop_topic, name="remove_topic"),
    path("topics/<slug:key>/materials/", views.new_material, name="add_material"),
    path("materials/<slug:key>/remove/", views.drop_material, name="remove_material"),
]
