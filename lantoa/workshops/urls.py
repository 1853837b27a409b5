"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.workshops.views import agenda, desk, seat, site, sites, workshops

app_name = "workshops"
urlpatterns: list[URLPattern] = [
    path("workshops/", workshops.workshops, name="workshops"),
    path("workshops/new/", workshops.new, name="new"),
    path("workshops/<slug:key>/", workshops.workshop, name="workshop"),
    path("workshops/<slug:key>/change/", workshops.change, name="change"),
    path("workshops/<slug:key>/announce/<slug:to>/", workshops.announce, name="announce"),
    path("workshops/<slug:key>/hold/<slug:to>/", workshops.hold, name="hold"),
    path("workshops/<slug:key>/agenda/", agenda.agenda, name="agenda"),
    path("workshops/<slug:key>/agenda/new/", agenda.new_item, name="new_item"),
    path("workshops/agenda/<slug:key>/change/", agenda.edit_item, name="edit_item"),
    path("workshops/agenda/<slug:key>/remove/", agenda.drop_item, name="drop_item"),
    path("workshops/<slug:key>/sites/", sites.sites, name="sites"),
    path("workshops/<slug:key>/sites.xlsx", sites.sites_file, name="sites_file"),
    path("workshops/<slug:key>/sites/load/", sites.load_sites, name="load_sites"),
    path("workshops/<slug:key>/sites/new/", sites.new_site, name="new_site"),
    path("workshops/<slug:key>/sites/carry/", sites.carry, name="carry"),
    path("workshops/<slug:key>/sites/changes/", sites.changes, name="changes"),
    path("workshops/sites/<slug:key>/record/", sites.site_record, name="site_record"),
    path("workshops/sites/<slug:key>/change/", sites.edit_site, name="edit_site"),
    path("workshops/sites/<slug:key>/remove/", sites.drop_site, name="drop_site"),
    path("workshops/<slug:key>/desk/", desk.desk, name="desk"),
    path("workshops/<slug:key>/desk/call-the-roll/<slug:mode>/", desk.open_the_roll, name="open_the_roll"),
    path("workshops/<slug:key>/desk/close-the-roll/", desk.close, name="close_the_roll"),
    path("workshops/<slug:key>/desk/rest/", desk.rest, name="rest"),
    path("workshops/desk-site/<slug:key>/", desk.enter, name="desk_site"),
    path("workshops/desk-site/<slug:key>/call/", desk.call, name="call_site"),
    path("workshops/site/<slug:key>/roll/", site.roll, name="site_roll"),
    path("workshops/site/<slug:key>/code/", site.code, name="site_code"),
    path("workshops/site/<slug:key>/code/open/", site.open_code, name="site_open_code"),
    path("workshops/site/<slug:key>/check-in/", seat.check_in, name="check_in"),
]
