"""Sittings, attempts and the log of answers, which the database itself refuses to change or to delete.

An emptied table is refused too, except in a database whose name begins with `test_` (as the ledger's, 0002 there).
"""

import django.db.models.deletion
import lantoa.common.models
from django.db import migrations, models


FORWARD = """
CREATE FUNCTION exams_answer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Cannot % answer % of attempt %: what was answered stays as it is',
        lower(TG_OP), OLD.id, OLD.attempt_id USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION exams_answer_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF starts_with(current_database(), 'test_') AND current_setting('lantoa.as_installed', true) IS DISTINCT FROM 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'Cannot empty the log of answers: what was answered stays as it is'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION exams_attempt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.started_at IS NULL OR NEW.started_at IS NOT DISTINCT FROM OLD.started_at)
       AND (OLD.handed_in_at IS NULL OR NEW.handed_in_at IS NOT DISTINCT FROM OLD.handed_in_at)
       AND (OLD.started_at IS NULL OR NEW.variant_id = OLD.variant_id)
       AND NEW.sitting_id = OLD.sitting_id THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Cannot change start, hand-in or variant of attempt %: they stay as they were', OLD.key
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER exams_answer_stays BEFORE UPDATE OR DELETE ON exams_answer
    FOR EACH ROW EXECUTE FUNCTION exams_answer_stays();
CREATE TRIGGER exams_answer_is_not_emptied BEFORE TRUNCATE ON exams_answer
    FOR EACH STATEMENT EXECUTE FUNCTION exams_answer_is_not_emptied();
CREATE TRIGGER exams_attempt_stays BEFORE UPDATE ON exams_attempt
    FOR EACH ROW EXECUTE FUNCTION exams_attempt_stays();
"""

BACKWARD = """
DROP TRIGGER exams_attempt_stays ON exams_attempt;
DROP TRIGGER exams_answer_is_not_emptied ON exams_answer;
DROP TRIGGER exams_answer_stays ON exams_answer;
DROP FUNCTION exams_attempt_stays();
DROP FUNCTION exams_answer_is_not_emptied();
DROP FUNCTION exams_answer_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0003_privacy'),
        ('exams', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Sitting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('title', models.CharField(max_length=300)),
                ('source', models.CharField(blank=True, max_length=80)),
                ('together', models.BooleanField()),
                ('starts_at', models.DateTimeField(null=True)),
                ('closes_at', models.DateTimeField(null=True)),
                ('minutes', models.PositiveSmallIntegerField()),
                ('late_minutes', models.PositiveIntegerField(default=1440)),
                ('attempts', models.PositiveSmallIntegerField(default=1)),
                ('released_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('made_by', models.CharField(max_length=60)),
                ('made_at', models.DateTimeField()),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sittings', to='exams.paper')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sittings', to='directory.unit')),
            ],
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('letters', models.CharField(max_length=16)),
                ('sealed', models.BinaryField()),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.variant')),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seals', to='exams.sitting')),
            ],
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('extra_minutes', models.PositiveSmallIntegerField(default=0)),
                ('started_at', models.DateTimeField(null=True)),
                ('handed_in_at', models.DateTimeField(null=True)),
                ('late_taken_at', models.DateTimeField(null=True)),
                ('points', models.DecimalField(decimal_places=2, max_digits=8, null=True)),
                ('out_of', models.DecimalField(decimal_places=2, max_digits=8, null=True)),
                ('unmarked', models.PositiveSmallIntegerField(default=0)),
                ('marked_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exams_sat', to='directory.person')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.variant')),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sat', to='exams.sitting')),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('device', models.CharField(max_length=26)),
                ('sequence', models.PositiveIntegerField()),
                ('question', models.CharField(max_length=13)),
                ('value', models.TextField()),
                ('device_ms', models.BigIntegerField()),
                ('monotonic_ms', models.BigIntegerField()),
                ('before', models.BinaryField(max_length=32)),
                ('hash', models.BinaryField(max_length=32)),
                ('received_at', models.DateTimeField()),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='exams.attempt')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('attempt', 'device', 'sequence', 'hash'), name='one_event')],
            },
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('kind', models.CharField(choices=[('foreign', 'Foreign')], max_length=10)),
                ('actor', models.CharField(max_length=60)),
                ('count', models.PositiveIntegerField(default=1)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='exams.attempt')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('attempt', 'kind', 'actor'), name='one_incident')],
            },
        ),
        migrations.AddConstraint(
            model_name='sitting',
            constraint=models.CheckConstraint(condition=models.Q(('attempts__gt', 0), ('minutes__gt', 0)), name='sitting_takes_time'),
        ),
        migrations.AddConstraint(
            model_name='sitting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closes_at', None), ('together', True)), models.Q(('closes_at__gt', models.F('starts_at')), ('closes_at__isnull', False), ('starts_at__isnull', False), ('together', False)), _connector='OR'), name='sitting_window'),
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.UniqueConstraint(fields=('sitting', 'variant'), name='one_seal_of_a_variant'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(fields=('sitting', 'person', 'number'), name='one_attempt_number'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('handed_in_at', None), models.Q(('handed_in_at__gte', models.F('started_at')), ('started_at__isnull', False)), _connector='OR'), name='attempt_in_order'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('marked_at', None), ('points', None)), models.Q(('marked_at__isnull', False), ('points__isnull', False)), _connector='OR'), name='attempt_marked_whole'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
