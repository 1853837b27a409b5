"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.office.views import days, documents, files, imports, jobs, notices, wordings

app_name = "office"
urlpatterns: list[URLPattern] = [
    path("files/<str:key>/", files.show_file, name="file"),
    path("jobs/", jobs.list_jobs, name="jobs"),
    path("jobs/<str:key>/", jobs.show_job, name="job"),
    path("jobs/<str:key>/progress/", jobs.show_progress, name="job_progress"),
    path("jobs/<str:key>/stop/", jobs.stop, name="stop_job"),
    path("imports/", imports.list_imports, name="imports"),
    path("imports/<str:key>/", imports.show_import, name="show_import"),
    path("imports/<str:key>/apply/", imports.apply, name="apply_import"),
    path("imports/<str:key>/undo/", imports.undo, name="undo_import"),
    path("imports/<str:key>/read/", imports.read, name="read_import"),
    path("imports/<str:key>/choose/", imports.choose_rows, name="choose_rows"),
    path("imports/<str:key>/columns/", imports.map_columns, name="map_columns"),
    path("imports/<str:key>/marked/", imports.marked, name="marked_file"),
    path("documents/", documents.list_documents, name="documents"),
    path("documents/<str:key>/", documents.show_document, name="document"),
    path("documents/<str:key>/discard/", documents.discard, name="discard_document"),
    path("documents/<str:key>/number/", documents.correct, name="correct_number"),
    path("documents/<str:key>/<str:extension>/", documents.download, name="document_file"),
    path("days/", days.list_days, name="days"),
    path("days/change/", days.change, name="change_day"),
    path("days/<str:day>/back/", days.restore, name="restore_day"),
    path("notices/", notices.list_notices, name="notices"),
    path("notices/list.xlsx", notices.printed_list, name="notices_list"),
    path("notices/<str:key>/", notices.show_notice, name="notice"),
    path("notices/<str:key>/again/", notices.again, name="send_notice_again"),
    path("notices/<str:key>/cancel/", notices.cancel, name="cancel_notice"),
    path("notices/<str:key>/returned/", notices.returned, name="report_returned_notice"),
    path("me/notices/", notices.my_notices, name="my_notices"),
    path("units/<str:key>/wordings/", wordings.list_wordings, name="wordings"),
    path("units/<str:key>/wordings/<str:template>/<str:language>/", wordings.change_wording, name="wording"),
]
