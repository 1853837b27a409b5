"""All addresses: a line per room."""

from django.urls import URLPattern, URLResolver, include, path

handler400 = "lantoa.common.middleware.bad_request"
handler500 = "lantoa.common.middleware.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("lantoa.web.urls")),
    path("", include("lantoa.api.urls")),
    path("", include("lantoa.accounts.urls")),
    path("", include("lantoa.directory.urls")),
    path("", include("lantoa.office.urls")),
    path("", include("lantoa.programmes.urls")),
    path("", include("lantoa.competence.urls")),
    path("", include("lantoa.exams.urls")),
    path("", include("lantoa.training.urls")),
    path("", include("lantoa.workshops.urls")),
]
