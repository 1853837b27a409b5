"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.programmes import views
from lantoa.programmes.urls_means import means
from lantoa.programmes.urls_targets import targets

app_name = "programmes"
urlpatterns: list[URLPattern] = [
    path("programmes/", views.programmes, name="programmes"),
    path("programmes/new/", views.new_programme, name="new_programme"),
    path("programmes/<slug:key>/", views.programme, name="programme"),
    path("programmes/<slug:key>/change/", views.change, name="change_programme"),
    path("programmes/<slug:key>/partners/", views.new_partner, name="add_partner"),
    path("partners/<slug:key>/remove/", views.drop_partner, name="remove_partner"),
    *targets,
    *means,
]
