"""Who looked at whose data; and the lists of an auditor each read along an index of their own."""

from django.db import migrations, models
from django.db.models.fields.json import KT

FORWARD = """
CREATE FUNCTION ledger_look_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < nullif(current_setting('lantoa.forget_looks_before', true), '')::timestamptz THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Cannot % look % of the ledger (% at %): what is written stays as it is',
        lower(TG_OP), OLD.id, OLD.actor, OLD.whom USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER ledger_look_stays BEFORE UPDATE OR DELETE ON ledger_look
    FOR EACH ROW EXECUTE FUNCTION ledger_look_stays();
CREATE TRIGGER ledger_is_not_emptied BEFORE TRUNCATE ON ledger_look
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_not_emptied();
"""

BACKWARD = """
DROP TRIGGER ledger_is_not_emptied ON ledger_look;
DROP TRIGGER ledger_look_stays ON ledger_look;
DROP FUNCTION ledger_look_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=60)),
                ("page", models.CharField(max_length=60)),
                ("whom", models.CharField(max_length=80)),
                ("part", models.PositiveIntegerField(default=1)),
                ("people", models.PositiveIntegerField(null=True)),
                ("mark", models.BinaryField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["at", "id"], name="look_at"),
                    models.Index(fields=["actor", "at", "id"], name="look_actor"),
                    models.Index(fields=["whom", "at", "id"], name="look_whom"),
                ],
            },
        ),
        migrations.RemoveIndex(model_name="entry", name="entry_at"),
        migrations.AlterField(model_name="entry", name="actor", field=models.CharField(max_length=60)),
        migrations.AlterField(model_name="entry", name="thing", field=models.CharField(max_length=80)),
        migrations.AddIndex(model_name="entry", index=models.Index(fields=["at", "id"], name="entry_at")),
        migrations.AddIndex(model_name="entry", index=models.Index(fields=["actor", "at", "id"], name="entry_actor")),
        migrations.AddIndex(model_name="entry", index=models.Index(fields=["thing", "at", "id"], name="entry_thing")),
        migrations.AddIndex(model_name="entry", index=models.Index(fields=["act", "at", "id"], name="entry_act")),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(KT("about__person"), name="entry_person", condition=models.Q(about__has_key="person")),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
