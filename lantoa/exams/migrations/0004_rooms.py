"""Rooms of a sitting: seats, remarks that stay, minutes that stay once signed; who was last seen (not logged)."""

import django.db.models.deletion
import lantoa.common.models
from django.db import migrations, models


FORWARD = """
ALTER TABLE exams_lastseen SET UNLOGGED;
ALTER TABLE exams_lastseen SET (fillfactor = 70);

CREATE FUNCTION exams_remark_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.text = ''
       AND (NEW.id, NEW.key, NEW.room_id, NEW.kind, NEW.made_by, NEW.made_at)
         = (OLD.id, OLD.key, OLD.room_id, OLD.kind, OLD.made_by, OLD.made_at)
       AND NEW.attempt_id IS NOT DISTINCT FROM OLD.attempt_id AND NEW.minutes IS NOT DISTINCT FROM OLD.minutes THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Cannot % remark %: a remark stays as it was written', lower(TG_OP), OLD.key
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION exams_minutes_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND (NEW.id, NEW.key, NEW.room_id, NEW.content, NEW.sha256, NEW.signed_by, NEW.signed_at)
         = (OLD.id, OLD.key, OLD.room_id, OLD.content, OLD.sha256, OLD.signed_by, OLD.signed_at)
       AND (OLD.second_at IS NULL OR (NEW.second_at = OLD.second_at AND NEW.second_by = OLD.second_by)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Cannot % minutes %: what was signed stays as it was', lower(TG_OP), OLD.key
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER exams_remark_stays BEFORE UPDATE OR DELETE ON exams_remark
    FOR EACH ROW EXECUTE FUNCTION exams_remark_stays();
CREATE TRIGGER exams_minutes_stay BEFORE UPDATE OR DELETE ON exams_minutes
    FOR EACH ROW EXECUTE FUNCTION exams_minutes_stay();
"""

BACKWARD = """
DROP TRIGGER exams_minutes_stay ON exams_minutes;
DROP TRIGGER exams_remark_stays ON exams_remark;
DROP FUNCTION exams_minutes_stay();
DROP FUNCTION exams_remark_stays();
ALTER TABLE exams_lastseen SET LOGGED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0003_privacy'),
        ('exams', '0003_judgements'),
        ('office', '0006_days_before'),
    ]

    operations = [
        migrations.CreateModel(
            name='LastSeen',
            fields=[
                ('attempt', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='last_seen', serialize=False, to='exams.attempt')),
                ('opened_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('plain', models.BooleanField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='sitting',
            name='counts',
            field=models.CharField(choices=[('best', 'Best'), ('last', 'Last')], default='best', max_length=4),
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='exams.sitting')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exam_rooms', to='directory.unit')),
            ],
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('kind', models.CharField(choices=[('late', 'Late'), ('device', 'Device'), ('absent', 'Absent'), ('violation', 'Violation'), ('line', 'Line'), ('time', 'Time'), ('other', 'Other')], max_length=10)),
                ('text', models.CharField(blank=True, max_length=500)),
                ('minutes', models.PositiveSmallIntegerField(null=True)),
                ('made_by', models.CharField(max_length=60)),
                ('made_at', models.DateTimeField()),
                ('attempt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to='exams.attempt')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to='exams.room')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Minutes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('content', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('signed_by', models.CharField(max_length=60)),
                ('signed_at', models.DateTimeField()),
                ('second_by', models.CharField(blank=True, max_length=60)),
                ('second_at', models.DateTimeField(null=True)),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='office.document')),
                ('room', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='minutes', to='exams.room')),
            ],
            options={
                'verbose_name_plural': 'minutes',
            },
        ),
        migrations.CreateModel(
            name='Invigilator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exam_rooms', to='directory.person')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invigilators', to='exams.room')),
            ],
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('checked_at', models.DateTimeField(null=True)),
                ('checked_by', models.CharField(blank=True, max_length=60)),
                ('absent_at', models.DateTimeField(null=True)),
                ('absent_by', models.CharField(blank=True, max_length=60)),
                ('attempt', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='seat', to='exams.attempt')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='exams.room')),
            ],
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.UniqueConstraint(fields=('sitting', 'name'), name='one_room_of_a_name'),
        ),
        migrations.AddConstraint(
            model_name='minutes',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('second_at', None), ('second_by', '')), models.Q(('second_at__isnull', False), models.Q(('second_by', ''), _negated=True)), _connector='OR'), name='minutes_signed_by_two'),
        ),
        migrations.AddConstraint(
            model_name='invigilator',
            constraint=models.UniqueConstraint(fields=('room', 'person'), name='one_invigilator'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.UniqueConstraint(fields=('room', 'number'), name='one_number_in_a_room'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.CheckConstraint(condition=models.Q(('checked_at', None), ('absent_at', None), _connector='OR'), name='seat_checked_or_absent'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
