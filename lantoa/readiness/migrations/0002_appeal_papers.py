"""Papers that come with an objection stand apart from those that were handed in first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("readiness", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="evidence",
            name="at_appeal",
            field=models.BooleanField(default=False),
        ),
    ]
