"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.web import views, views_ledger, views_style, views_way_in

app_name = "web"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("ledger/", views_ledger.ledger, name="ledger"),
    path("people/<str:key>/way-in/", views_way_in.way_in, name="way_in"),
    path("classes/<str:key>/cards/", views_way_in.cards, name="cards"),
    *views_style.urlpatterns,
]
