"""Addresses of the room."""

from django.urls import URLPattern, path

from lantoa.office.views import documents, files, imports, jobs

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
    path("documents/<str:key>/<str:extension>/", documents.download, name="document_file"),
]
