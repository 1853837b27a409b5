"""The room at start-up: who teaches those who sit an exam."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "lantoa.training"

    def ready(self) -> None:
        from lantoa.exams.queries.access import teaches
        from lantoa.training.queries.exams import teaches_those_of

        teaches(teaches_those_of)
