"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.web import (
    views,
    views_audit,
    views_health,
    views_ledger,
    views_looks,
    views_people,
    views_style,
    views_way_in,
)

app_name = "web"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("ledger/", views_ledger.ledger, name="ledger"),
    path("ledger/looks/", views_looks.looks, name="looks"),
    path("ledger/seals/", views_audit.seals, name="seals"),
    path("ledger/seals/progress/", views_audit.seals_progress, name="seals_progress"),
    path("ledger/export/", views_audit.export, name="export_audit"),
    path("ledger/exports/", views_audit.exports, name="exports"),
    path("ledger/lines/<str:key>/", views_ledger.ledger_line, name="ledger_line"),
    path("people/<str:key>/way-in/", views_way_in.way_in, name="way_in"),
    path("people/<str:key>/merge/", views_people.merge, name="merge"),
    path("merges/<str:key>/separate/", views_people.separate, name="separate"),
    path("classes/<str:key>/cards/", views_way_in.cards, name="cards"),
    path("health/", views_health.ready, name="health"),
    path("health/ready/", views_health.ready, name="ready"),
    path("health/live/", views_health.live, name="live"),
    path("metrics", views_health.metrics, name="metrics"),
    *views_style.urlpatterns,
]
