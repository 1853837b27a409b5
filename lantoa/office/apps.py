"""The room at start-up: learns the jobs, the importers and the personal data of all rooms."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OfficeConfig(AppConfig):
    name = "lantoa.office"

    def ready(self) -> None:
        autodiscover_modules("tasks", "importers", "personal")
