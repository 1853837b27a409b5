"""The fields of work that every installation begins with; see `lantoa.programmes.rules`."""

from django.db import migrations

from lantoa.programmes.rules import STANDARD_FIELDS


def add(apps, schema_editor):
    field = apps.get_model("programmes", "Field")
    field.objects.bulk_create(
        [field(code=code, name_vi=vi, name_en=en) for code, vi, en in STANDARD_FIELDS], ignore_conflicts=True
    )


class Migration(migrations.Migration):
    dependencies = [("programmes", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
