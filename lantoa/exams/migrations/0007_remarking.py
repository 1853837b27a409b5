"""Corrected keys and changed points: rows are added; the database refuses to change, to delete or to empty them.

An emptied table is refused except in a database whose name begins with `test_` (as the log of answers, 0002).
"""

import django.db.models.deletion
import lantoa.common.models
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION exams_row_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        IF starts_with(current_database(), 'test_') AND current_setting('lantoa.as_installed', true) IS DISTINCT FROM 'on' THEN
            RETURN NULL;
        END IF;
        RAISE EXCEPTION 'Cannot empty %: its rows stay as they are', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RAISE EXCEPTION 'Cannot % row % of %: it stays as it is', lower(TG_OP), OLD.id, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER exams_keychange_stays BEFORE UPDATE OR DELETE ON exams_keychange
    FOR EACH ROW EXECUTE FUNCTION exams_row_stays();
CREATE TRIGGER exams_keychange_is_not_emptied BEFORE TRUNCATE ON exams_keychange
    FOR EACH STATEMENT EXECUTE FUNCTION exams_row_stays();
CREATE TRIGGER exams_pointschange_stays BEFORE UPDATE OR DELETE ON exams_pointschange
    FOR EACH ROW EXECUTE FUNCTION exams_row_stays();
CREATE TRIGGER exams_pointschange_is_not_emptied BEFORE TRUNCATE ON exams_pointschange
    FOR EACH STATEMENT EXECUTE FUNCTION exams_row_stays();
"""

BACKWARD = """
DROP TRIGGER exams_pointschange_is_not_emptied ON exams_pointschange;
DROP TRIGGER exams_pointschange_stays ON exams_pointschange;
DROP TRIGGER exams_keychange_is_not_emptied ON exams_keychange;
DROP TRIGGER exams_keychange_stays ON exams_keychange;
DROP FUNCTION exams_row_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0006_analysis'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeyChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('question', models.CharField(max_length=13)),
                ('rule', models.CharField(choices=[('key', 'Key'), ('everyone', 'Everyone'), ('dropped', 'Dropped'), ('paper', 'Paper')], max_length=8)),
                ('key_now', models.JSONField(default=dict)),
                ('reason', models.CharField(max_length=300)),
                ('made_by', models.CharField(max_length=60)),
                ('made_at', models.DateTimeField()),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='key_changes', to='exams.sitting')),
            ],
        ),
        migrations.CreateModel(
            name='PointsChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('points_before', models.DecimalField(decimal_places=2, max_digits=8)),
                ('out_of_before', models.DecimalField(decimal_places=2, max_digits=8)),
                ('points', models.DecimalField(decimal_places=2, max_digits=8)),
                ('out_of', models.DecimalField(decimal_places=2, max_digits=8)),
                ('made_by', models.CharField(max_length=60)),
                ('made_at', models.DateTimeField()),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='points_changes', to='exams.attempt')),
                ('cause', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='points_changes', to='exams.keychange')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='keychange',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='key_change_has_a_reason'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
