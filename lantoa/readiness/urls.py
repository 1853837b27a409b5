"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.readiness.views import campaigns, files, indices, results, reviews, sheets

app_name = "readiness"
urlpatterns: list[URLPattern] = [
    path("readiness/", campaigns.campaigns, name="campaigns"),
    path("readiness/new/", campaigns.new, name="new_campaign"),
    path("readiness/indices/", indices.indices, name="indices"),
    path("readiness/indices/load/", indices.load, name="load_index"),
    path("readiness/indices/<slug:key>/", indices.version, name="version"),
    path("readiness/indices/<slug:key>/file/", indices.version_file, name="version_file"),
    path("readiness/campaigns/<slug:key>/", campaigns.campaign, name="campaign"),
    path("readiness/campaigns/<slug:key>/to/<slug:to>/", campaigns.move, name="move_campaign"),
    path("readiness/campaigns/<slug:key>/deadlines/", campaigns.deadlines, name="deadlines"),
    path("readiness/campaigns/<slug:key>/results/", results.results, name="results"),
    path("readiness/campaigns/<slug:key>/results/<slug:kind>/", files.results_file, name="results_file"),
    path("readiness/campaigns/<slug:key>/trust/", results.honesty, name="honesty"),
    path("readiness/campaigns/<slug:key>/today/", results.merged, name="merged"),
    path("readiness/results/<slug:key>/", results.result, name="result"),
    path("readiness/sheets/<slug:key>/", sheets.sheet, name="sheet"),
    path("readiness/sheets/<slug:key>/hand-in/", sheets.hand_in_sheet, name="hand_in"),
    path("readiness/sheets/<slug:key>/review/", reviews.review, name="review"),
    path("readiness/sheets/<slug:key>/accept/", reviews.accept_others, name="accept_rest"),
    path("readiness/sheets/<slug:key>/finish/", reviews.finish, name="finish_review"),
    path("readiness/sheets/<slug:key>/of/<str:component>/", sheets.answer, name="answer"),
    path("readiness/sheets/<slug:key>/of/<str:component>/papers/", sheets.new_paper, name="add_paper"),
    path("readiness/sheets/<slug:key>/of/<str:component>/object/", sheets.object_, name="object"),
    path(
        "readiness/sheets/<slug:key>/of/<str:component>/object/papers/",
        sheets.new_appeal_paper,
        name="add_appeal_paper",
    ),
    path("readiness/answers/<slug:key>/", reviews.rule, name="rule"),
    path("readiness/papers/<slug:key>/", sheets.paper, name="paper"),
    path("readiness/papers/<slug:key>/review/", reviews.paper_reviewed, name="paper_reviewed"),
    path("readiness/papers/<slug:key>/remove/", sheets.drop_paper, name="remove_paper"),
]
