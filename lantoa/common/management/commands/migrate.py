"""`migrate`, as the framework has it; but a database that is empty gets all tables at once.

Step by step, each of the steps would load all models anew: ten seconds with 51 of them, and more with every room.
At once it takes one: the tables of the last step, then what the steps wrote by hand (functions, triggers, first
rows), in their order, all in one transaction. `tests/launch/test_an_empty_database.py` compares both ways.
"""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

BY_HAND = (RunSQL, RunPython)
BEGINNINGS = """
    SELECT quote_ident(indexname) FROM pg_indexes
     WHERE schemaname = current_schema() AND indexdef LIKE '% (key varchar_pattern_ops)'
"""
PARTLY = ("app_label", "migration_name", "fake", "fake_initial", "plan", "check_unapplied", "run_syncdb", "prune")


class Command(migrate.Command):
    """Brings the tables up to date."""

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if not any(options.get(name) for name in PARTLY) and is_empty(connection):
            make_all(connection)
        super().handle(*args, **options)
        if not options.get("plan") and not options.get("check_unapplied"):
            drop_indexes_of_beginnings(connection)


def drop_indexes_of_beginnings(connection: BaseDatabaseWrapper) -> None:
    """A key is random and is asked for whole. The second index that the framework makes, for keys that begin with
    something, costs every new row and is never asked."""
    with connection.cursor() as cursor:
        cursor.execute(BEGINNINGS)
        for (index,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {index}")


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Is there no table yet?"""
    return not connection.introspection.table_names()


def make_all(connection: BaseDatabaseWrapper) -> None:
    """All tables as the last step leaves them, and the note that every step is done."""
    executor = MigrationExecutor(connection)
    steps = [step for step, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    state = executor.loader.project_state()
    recorder = MigrationRecorder(connection)
    with transaction.atomic(using=connection.alias):
        with connection.schema_editor() as editor:
            for model in state.apps.get_models():
                if model._meta.managed and not model._meta.proxy:
                    editor.create_model(model)
        with connection.schema_editor() as editor:
            for step in steps:
                for operation in step.operations:
                    if isinstance(operation, BY_HAND):
                        operation.database_forwards(step.app_label, editor, state, state)
        recorder.ensure_schema()
        for step in steps:
            recorder.record_applied(step.app_label, step.name)
