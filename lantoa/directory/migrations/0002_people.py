"""People desk: merges with what taking them back needs, corrections kept, and who was said not to be whom."""

import django.db.models.deletion
from django.db import migrations, models

import lantoa.common.models

# The database keeps it: whoever is merged points at somebody who stands, so there is no chain and no circle, also
# when two people merge at the same moment. `stands` and `into_stands` are written by the database itself.
STANDS = """
    ALTER TABLE directory_person
        ADD COLUMN stands boolean GENERATED ALWAYS AS (merged_into_id IS NULL) STORED,
        ADD COLUMN into_stands boolean GENERATED ALWAYS AS (CASE WHEN merged_into_id IS NOT NULL THEN true END) STORED;
    ALTER TABLE directory_person ADD CONSTRAINT person_stands UNIQUE (id, stands);
    ALTER TABLE directory_person ADD CONSTRAINT merged_into_one_who_stands
        FOREIGN KEY (merged_into_id, into_stands) REFERENCES directory_person (id, stands);
    ALTER TABLE directory_person ADD CONSTRAINT merged_into_another_person CHECK (merged_into_id <> id);
"""
NO_MORE = """
    ALTER TABLE directory_person DROP CONSTRAINT merged_into_another_person;
    ALTER TABLE directory_person DROP CONSTRAINT merged_into_one_who_stands;
    ALTER TABLE directory_person DROP CONSTRAINT person_stands;
    ALTER TABLE directory_person DROP COLUMN into_stands, DROP COLUMN stands;
"""


def key():
    return models.CharField(
        default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True
    )


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="merged_into",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_from",
                to="directory.person",
            ),
        ),
        migrations.RunSQL(STANDS, NO_MORE),
        migrations.CreateModel(
            name="PersonChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", key()),
                ("before", models.JSONField()),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=60)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="directory.person"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", key()),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("made_by", models.CharField(max_length=60)),
                ("made_at", models.DateTimeField()),
                ("undone_by", models.CharField(blank=True, max_length=60)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "merged",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merges_away", to="directory.person"
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merges", to="directory.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("merged",),
                        name="merged_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("survivor", models.F("merged")), _negated=True), name="merged_into_another"
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="MergeStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("table", models.CharField(max_length=80)),
                ("row", models.BigIntegerField()),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                (
                    "merge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="directory.merge"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("merge", "position"), name="one_merge_step")]
            },
        ),
        migrations.CreateModel(
            name="NotSame",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", key()),
                ("said_by", models.CharField(max_length=60)),
                ("said_at", models.DateTimeField()),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.person"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("one", "other"), name="said_not_same_once"),
                    models.CheckConstraint(
                        condition=models.Q(("one__lt", models.F("other"))), name="not_same_in_order"
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", key()),
                ("title", models.CharField(blank=True, max_length=200)),
                ("on", models.DateField()),
                ("asked_by", models.CharField(max_length=60)),
                ("asked_at", models.DateTimeField()),
                ("accepted", models.BooleanField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=60)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.unit"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="directory.person"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="directory.post",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.unit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("accepted__isnull", True)), fields=["target"], name="transfer_open"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("accepted__isnull", True)), fields=("person",), name="one_open_transfer"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted__isnull", True), ("decided_at__isnull", True)),
                            models.Q(("accepted__isnull", False), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="transfer_decided_as_a_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin", models.F("target")), _negated=True), name="transfer_elsewhere"
                    ),
                ],
            },
        ),
    ]
