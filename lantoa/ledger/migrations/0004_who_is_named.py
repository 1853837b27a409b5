from django.db import migrations


class Migration(migrations.Migration):
    """How many lines name one person: without it the database expects two hundred times as many, and reads the whole
    ledger where it needs twenty lines."""

    dependencies = [
        ('ledger', '0003_looks'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE STATISTICS ledger_entry_person ON (about ->> 'person') FROM ledger_entry",
            "DROP STATISTICS ledger_entry_person",
        ),
    ]
