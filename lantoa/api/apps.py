"""The room at start-up: tells the house what its actors are called."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "lantoa.api"

    def ready(self) -> None:
        from lantoa.api.actions.webhooks import wake_deliverer
        from lantoa.api.queries.tokens import names_of_tokens
        from lantoa.office.actions.clock import EACH_MINUTE
        from lantoa.office.queries.people import NAMERS

        NAMERS["token"] = names_of_tokens
        EACH_MINUTE.append(wake_deliverer)
