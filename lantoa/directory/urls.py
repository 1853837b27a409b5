"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.directory.views import accounts, duplicates, moves, people, posts, roles, units

app_name = "directory"
urlpatterns: list[URLPattern] = [
    path("units/", units.units, name="units"),
    path("units/<str:key>/", units.unit, name="unit"),
    path("units/<str:key>/under/", units.under, name="under"),
    path("units/<str:key>/people/", people.people, name="people"),
    path("units/<str:key>/people.xlsx", people.people_export, name="people_export"),
    path("units/<str:key>/people/add/", people.add_person, name="add_person"),
    path("units/<str:key>/roles/", roles.roles, name="roles"),
    path("units/<str:key>/accounts/new/", accounts.new_account, name="new_account"),
    path("accounts/<str:key>/", accounts.account, name="account"),
    path("roles/<str:key>/new-password/", accounts.reset_password, name="reset_password"),
    path("roles/<str:key>/take-back/", roles.take_role_back, name="take_role_back"),
    path("people/duplicates/", duplicates.duplicates, name="duplicates"),
    path("people/<str:key>/", people.person, name="person"),
    path("people/<str:key>/correct/", people.correct_person, name="correct_person"),
    path("people/<str:key>/posts/add/", posts.set_post, name="set_post"),
    path("people/<str:key>/transfer/", moves.ask_transfer, name="ask_transfer"),
    path("people/<str:key>/leave/", moves.leave, name="leave"),
    path("transfers/", moves.transfers, name="transfers"),
    path("transfers/<str:key>/", moves.transfer, name="transfer"),
    path("posts/<str:key>/end/", posts.end_post, name="end_post"),
    path("permissions/", roles.permissions, name="permissions"),
]
