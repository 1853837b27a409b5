"""All addresses: a line per room."""

from django.urls import URLResolver

from config.addresses import Room

handler400 = "lantoa.common.middleware.bad_request"
handler500 = "lantoa.common.middleware.server_error"

urlpatterns: list[URLResolver] = [
    Room.of("lantoa.web.urls"),
    Room.of("lantoa.api.urls"),
    Room.of("lantoa.accounts.urls"),
    Room.of("lantoa.directory.urls"),
    Room.of("lantoa.office.urls"),
    Room.of("lantoa.programmes.urls"),
    Room.of("lantoa.competence.urls"),
    Room.of("lantoa.exams.urls"),
    Room.of("lantoa.training.urls"),
    Room.of("lantoa.workshops.urls"),
    Room.of("lantoa.pilots.urls"),
    Room.of("lantoa.readiness.urls"),
]
