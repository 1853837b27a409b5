"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.training import urls_plan
from lantoa.training.views import certificates, classes, learning, marks, materials, papers, programme, teaching

app_name = "training"
urlpatterns: list[URLPattern] = [
    *urls_plan.urlpatterns,
    path("programmes/<slug:key>/progress/", programme.programme, name="programme"),
    path("programmes/<slug:key>/people/", programme.people, name="people"),
    path("programmes/<slug:key>/meetings/", programme.meetings, name="meetings"),
    path("programmes/<slug:key>/presence/", programme.presence, name="presence"),
    path("programmes/<slug:key>/classes/new/", classes.new_class, name="new_class"),
    path("classes/<slug:key>/", classes.training_class, name="class"),
    path("classes/<slug:key>/materials/", materials.materials, name="materials"),
    path("classes/<slug:key>/materials/<slug:material>/", materials.material, name="material"),
    path("classes/<slug:key>/change/", classes.change_class, name="change_class"),
    path("classes/<slug:key>/meetings/new/", classes.new_meeting, name="new_meeting"),
    path("classes/<slug:key>/enrol/", classes.enrol, name="enrol"),
    path("enrolments/<slug:key>/withdraw/", classes.withdraw, name="withdraw"),
    path("meetings/<slug:key>/", teaching.meeting, name="meeting"),
    path("meetings/<slug:key>/change/", classes.change_meeting, name="change_meeting"),
    path("meetings/<slug:key>/cancel/", classes.cancel_meeting, name="cancel_meeting"),
    path("meetings/<slug:key>/open/", teaching.open_code, name="open_code"),
    path("meetings/<slug:key>/close/", teaching.close_code, name="close_code"),
    path("meetings/<slug:key>/wall/", teaching.wall, name="wall"),
    path("meetings/<slug:key>/roll/", teaching.roll_call, name="roll_call"),
    path("meetings/<slug:key>/people/<slug:person>/", teaching.correct, name="correct"),
    path("classes/<slug:key>/marks/", marks.marks, name="marks"),
    path("programmes/<slug:key>/certificates/", certificates.certificates, name="certificates"),
    path("programmes/<slug:key>/roster/", papers.import_roster, name="import_roster"),
    path("programmes/<slug:key>/presence-sheets/", papers.import_presence, name="import_presence"),
    path("programmes/<slug:key>/mark-lists/", papers.import_marks, name="import_marks"),
    path("programmes/<slug:key>/papers/", papers.papers, name="papers"),
    path("programmes/<slug:key>/papers/<slug:kind>/", papers.draft, name="draft"),
    path("programmes/<slug:key>/sheets/<slug:kind>/", papers.sheet, name="sheet"),
    path("classes/<slug:key>/presence/<int:number>/", papers.presence_sheet, name="presence_sheet"),
    path("certificates/<slug:key>/", certificates.certificate, name="certificate"),
    path("certificates/<slug:key>/revoke/", certificates.revoke, name="revoke"),
    path("verify/", certificates.verify, name="verify"),
    path("verify/revocations.json", certificates.revocations, name="revocations"),
    path("verify/offline.html", certificates.offline, name="offline"),
    path("v/<str:text>", certificates.verify, name="verify_text"),
    path("teaching/", teaching.teaching, name="teaching"),
    path("me/", learning.me, name="me"),
    path("me/code/", learning.type_code, name="type_code"),
    path("me/<slug:key>/<slug:assessment>/", learning.hand_in, name="hand_in"),
    path("here/<slug:key>/<slug:digits>/", learning.here, name="here"),
    path("calendar/<str:token>/", learning.calendar, name="calendar"),
]
