"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.exams.views import answering, banks, files, marking, papers, questions, sittings

app_name = "exams"
urlpatterns: list[URLPattern] = [
    path("banks/", banks.banks, name="banks"),
    path("banks/new/", banks.new_bank, name="new_bank"),
    path("banks/template.xlsx", files.questions_template, name="template"),
    path("banks/<slug:key>/", banks.bank, name="bank"),
    path("banks/<slug:key>/change/", banks.edit_bank, name="change_bank"),
    path("banks/<slug:key>/stock/", banks.bank_stock, name="stock"),
    path("banks/<slug:key>/shares/", banks.shares, name="shares"),
    path("banks/shares/<slug:key>/remove/", banks.stop_share, name="stop_share"),
    path("banks/<slug:key>/questions/new/", questions.new_question, name="new_question"),
    path("banks/<slug:key>/pictures/<slug:checksum>/", questions.picture, name="picture"),
    path("banks/<slug:key>/import/", files.import_questions, name="import"),
    path("banks/<slug:key>/export/", files.exports, name="exports"),
    path("banks/<slug:key>/export/<slug:extension>/", files.export_file, name="export_file"),
    path("questions/<slug:key>/", questions.question, name="question"),
    path("questions/<slug:key>/change/", questions.edit_question, name="change_question"),
    path("questions/<slug:key>/retire/", questions.retire, name="retire_question"),
    path("papers/", papers.papers, name="papers"),
    path("papers/new/", papers.new_paper, name="new_paper"),
    path("papers/<slug:key>/", papers.paper, name="paper"),
    path("papers/<slug:key>/change/", papers.edit_paper, name="change_paper"),
    path("papers/<slug:key>/draw/", papers.draw, name="draw"),
    path("papers/variants/<slug:key>/", papers.variant, name="variant"),
    path("papers/variants/<slug:key>/remove/", papers.drop_variant, name="remove_variant"),
    path("sittings/", sittings.sittings, name="sittings"),
    path("sittings/new/", sittings.new_sitting, name="sitting_new"),
    path("sittings/<slug:key>/", sittings.sitting, name="sitting"),
    path("sittings/<slug:key>/start/", sittings.start, name="sitting_start"),
    path("sittings/<slug:key>/end/", sittings.end, name="sitting_end"),
    path("sittings/<slug:key>/mark/", marking.mark, name="sitting_mark"),
    path("sittings/<slug:key>/answers/", marking.to_mark, name="sitting_answers"),
    path("sittings/<slug:key>/publish/", marking.publish, name="sitting_publish"),
    path("sittings/attempts/<slug:key>/time/", sittings.extra_time, name="sitting_time"),
    path("sittings/attempts/<slug:key>/late/", sittings.late, name="sitting_late"),
    path("my-exams/", answering.my_exams, name="my_exams"),
    path("my-exams/<slug:key>/", answering.my_exam, name="my_exam"),
    path("my-exams/<slug:key>/start/", answering.start, name="my_exam_start"),
    path("my-exams/<slug:key>/<int:number>/", answering.question, name="my_exam_question"),
    path("my-exams/<slug:key>/hand-in/", answering.hand_in, name="my_exam_hand_in"),
]
