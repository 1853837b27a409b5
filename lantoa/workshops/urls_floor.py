"""Addresses of what happens during a workshop."""

from django.urls import URLPattern, path

from lantoa.workshops.views import booth, chair, interpreting, polls, questions, site_floor, slides, taking_part

urlpatterns: list[URLPattern] = [
    path("workshops/<slug:key>/chair/", chair.chair, name="chair"),
    path("workshops/<slug:key>/conduct/", chair.conduct, name="conduct"),
    path("workshops/<slug:key>/slides/", slides.slides, name="slides"),
    path("workshops/<slug:key>/floor/", chair.floor, name="floor"),
    path("workshops/<slug:key>/seat/", taking_part.seat, name="seat"),
    path("workshops/<slug:key>/hall/", taking_part.hall, name="hall"),
    path("workshops/<slug:key>/booth/", booth.booth, name="booth"),
    path("workshops/<slug:key>/interpreters/", interpreting.interpreters, name="interpreters"),
    path("workshops/<slug:key>/glossary/", interpreting.glossary, name="glossary"),
    path("workshops/<slug:key>/announcements/", booth.announcements, name="announcements"),
    path("workshops/<slug:key>/faults/", booth.faults, name="faults"),
    path("workshops/<slug:key>/questions/", questions.questions, name="questions"),
    path("workshops/questions/<slug:key>/", questions.question, name="question"),
    path("workshops/<slug:key>/polls/", polls.polls, name="polls"),
    path("workshops/polls/<slug:key>/", polls.poll, name="poll"),
    path("workshops/site/<slug:key>/floor/", site_floor.site_floor, name="site_floor"),
    path("forwarded-questions/", questions.asked_of_units, name="asked_of_units"),
    path("forwarded-questions/<slug:key>/", questions.forwarded, name="forwarded"),
]
