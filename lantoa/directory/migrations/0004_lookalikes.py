import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0003_privacy"),
    ]

    operations = [
        migrations.CreateModel(
            name="LookalikeRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("last_person", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Lookalike",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    models.UniqueConstraint(fields=("one", "other"), name="looks_alike_once"),
                    models.CheckConstraint(
                        condition=models.Q(("one__lt", models.F("other"))), name="lookalike_in_order"
                    ),
                ],
            },
        ),
    ]
