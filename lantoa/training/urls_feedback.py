"""Addresses of feedback."""

from django.urls import URLPattern, path

from lantoa.training.views import feedback, feedback_forms, feedback_sheets, follow_up

urlpatterns: list[URLPattern] = [
    path("me/feedback/<slug:key>/", feedback_forms.answer, name="answer"),
    path("teaching/feedback/", feedback.taught, name="feedback_taught"),
    path("programmes/<slug:key>/feedback/", feedback.results, name="feedback"),
    path("programmes/<slug:key>/feedback/mine/", feedback.mine, name="feedback_mine"),
    path("programmes/<slug:key>/feedback/rows/", feedback.rows, name="feedback_rows"),
    path("programmes/<slug:key>/feedback/words/", feedback.words, name="feedback_words"),
    path("programmes/<slug:key>/feedback/sheet/", feedback.sheet, name="feedback_sheet"),
    path("programmes/<slug:key>/feedback/forms/", feedback_forms.forms, name="feedback_forms"),
    path("programmes/<slug:key>/feedback/forms/ready-made/", feedback_forms.ready_made, name="feedback_ready_made"),
    path("programmes/<slug:key>/feedback/forms/ask/", feedback_forms.ask_now, name="feedback_ask"),
    path("programmes/<slug:key>/feedback/forms/new/", feedback_forms.new_form, name="new_feedback_form"),
    path("surveys/<slug:key>/sheets/", feedback_sheets.sheets, name="paper_sheets"),
    path("surveys/<slug:key>/remind/", feedback_sheets.remind, name="remind_survey"),
    path("feedback-forms/<slug:key>/", feedback_forms.form, name="feedback_form"),
    path("feedback-forms/<slug:key>/file/", feedback_forms.form_file, name="feedback_form_file"),
    path("units/<slug:key>/follow-up/", follow_up.unit, name="follow_up"),
    path("units/<slug:key>/follow-up/<slug:survey>/<slug:person>/", follow_up.choose, name="choose_superior"),
    path("follow-up/", follow_up.mine, name="superior"),
    path("follow-up/<slug:key>/", follow_up.answer, name="superior_answer"),
    path("f/<str:token>/", follow_up.by_link, name="follow_up_link"),
]
