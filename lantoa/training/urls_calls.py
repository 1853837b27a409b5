"""Addresses of calls for nominations and of the year ahead."""

from django.urls import URLPattern, path

from lantoa.training.views import calls, deciding, nominating, year

urlpatterns: list[URLPattern] = [
    # the office that asks
    path("programmes/<slug:key>/calls/", calls.calls, name="calls"),
    path("programmes/<slug:key>/calls/new/", calls.new_call, name="new_call"),
    path("classes/<slug:key>/call/", calls.call_for_class, name="call_for_class"),
    path("calls/<slug:key>/", calls.call, name="call"),
    path("calls/<slug:key>/change/", calls.change_call, name="change_call"),
    path("calls/<slug:key>/units/", calls.ask_units, name="ask_units"),
    path("calls/<slug:key>/nominations/", deciding.nominations, name="nominations"),
    path("calls/<slug:key>/nominations.xlsx", deciding.nominations_sheet, name="nominations_sheet"),
    path("calls/<slug:key>/remind/", calls.remind, name="remind_units"),
    path("calls/<slug:key>/close/", calls.close_call, name="close_call"),
    path("calls/<slug:key>/reopen/", calls.reopen_call, name="reopen_call"),
    path("asked/<slug:key>/change/", calls.change_asked, name="change_asked"),
    path("asked/<slug:key>/remove/", calls.stop_asking, name="stop_asking"),
    path("nominations/<slug:key>/turn-down/", deciding.turn_down, name="turn_down"),
    # the unit that is asked
    path("asked/", nominating.asked_list, name="asked_list"),
    path("asked/<slug:key>/", nominating.asked, name="asked"),
    path("asked/<slug:key>/nominate/", nominating.nominate, name="nominate"),
    path("asked/<slug:key>/decline/", nominating.decline, name="decline"),
    path("asked/<slug:key>/nominations.xlsx", nominating.asked_sheet, name="asked_sheet"),
    path("nominations/<slug:key>/replace/", nominating.replace, name="replace"),
    path("nominations/<slug:key>/withdraw/", nominating.withdraw_nomination, name="withdraw_nomination"),
    # what awaits
    path("units/<slug:key>/year/", year.unit, name="unit_year"),
    path("people/<slug:key>/year/", year.person, name="person_year"),
]
