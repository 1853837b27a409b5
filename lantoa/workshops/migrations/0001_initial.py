"""Workshops, their agenda, sites as a tree, tellings. A trigger gives each new site its topmost one."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.constraints
import django.db.models.deletion
import lantoa.common.models
from django.db import migrations, models


FORWARD = """
CREATE FUNCTION workshops_site_root() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.root_id IS NULL THEN
        NEW.root_id := CASE WHEN NEW.above_id IS NULL THEN NEW.id
                            ELSE (SELECT root_id FROM workshops_site WHERE id = NEW.above_id) END;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER workshops_site_root BEFORE INSERT ON workshops_site
    FOR EACH ROW EXECUTE FUNCTION workshops_site_root();
"""

BACKWARD = """
DROP TRIGGER workshops_site_root ON workshops_site;
DROP FUNCTION workshops_site_root();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('directory', '0004_lookalikes'),
        ('programmes', '0002_standard_fields'),
    ]

    operations = [
        migrations.CreateModel(
            name='Workshop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=300)),
                ('name_en', models.CharField(blank=True, max_length=300)),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('dry_run', django.contrib.postgres.fields.ranges.DateTimeRangeField(null=True)),
                ('zone', models.CharField(default='Asia/Ho_Chi_Minh', max_length=60)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), size=None)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('ready', 'Ready'), ('live', 'Live'), ('over', 'Over')], default='draft', max_length=5)),
                ('stream_url', models.URLField(blank=True, max_length=500)),
                ('told', models.BigIntegerField(default=0)),
                ('made_by', models.CharField(max_length=60)),
                ('made_at', models.DateTimeField()),
                ('previous', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='following', to='workshops.workshop')),
                ('programme', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='workshops', to='programmes.programme')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='workshops', to='directory.unit')),
            ],
        ),
        migrations.CreateModel(
            name='Telling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField()),
                ('kind', models.CharField(max_length=40)),
                ('audience', models.CharField(max_length=40)),
                ('about', models.JSONField()),
                ('at', models.DateTimeField()),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tellings', to='workshops.workshop')),
            ],
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('folded', models.CharField(blank=True, db_collation='C', max_length=700)),
                ('place', models.PositiveIntegerField()),
                ('country', models.CharField(default='VN', max_length=2)),
                ('zone', models.CharField(default='Asia/Ho_Chi_Minh', max_length=60)),
                ('address', models.CharField(blank=True, max_length=300)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('equipment', models.CharField(blank=True, max_length=300)),
                ('line', models.CharField(blank=True, max_length=100)),
                ('seats', models.PositiveIntegerField(null=True)),
                ('language', models.CharField(max_length=8)),
                ('expected', models.PositiveIntegerField(default=0)),
                ('above', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='under', to='workshops.site')),
                ('carried_from', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='carried_to', to='workshops.site')),
                ('deputy', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sites_deputised', to='directory.person')),
                ('operator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sites_operated', to='directory.person')),
                ('root', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='all_under', to='workshops.site')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='directory.unit')),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='workshops.workshop')),
            ],
        ),
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('position', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=300)),
                ('title_en', models.CharField(blank=True, max_length=300)),
                ('speaker', models.CharField(blank=True, max_length=200)),
                ('speaker_en', models.CharField(blank=True, max_length=200)),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('language', models.CharField(max_length=8)),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agenda', to='workshops.workshop')),
            ],
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.UniqueConstraint(fields=('unit', 'code'), name='one_workshop_code'),
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.CheckConstraint(condition=models.Q(('during__endswith__isnull', False), ('during__isempty', False), ('during__startswith__isnull', False)), name='workshop_lasts'),
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.CheckConstraint(condition=models.Q(('languages__len__gt', 0)), name='workshop_speaks'),
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.CheckConstraint(condition=models.Q(('previous', None), models.Q(('previous', models.F('pk')), _negated=True), _connector='OR'), name='workshop_not_after_itself'),
        ),
        migrations.AddConstraint(
            model_name='telling',
            constraint=models.UniqueConstraint(fields=('workshop', 'number'), name='one_telling_number'),
        ),
        migrations.AddIndex(
            model_name='site',
            index=models.Index(fields=['workshop', 'place', 'id'], name='sites_by_protocol'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.UniqueConstraint(fields=('workshop', 'code'), name='one_site_code'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.CheckConstraint(condition=models.Q(('above', None), models.Q(('above', models.F('pk')), _negated=True), _connector='OR'), name='site_not_above_itself'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('workshop', 'position'), name='one_agenda_position'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('workshop', 'workshop', models.Value('[]'), function='int8range', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), ('during', '&&')], name='one_item_at_a_time', deferrable=models.Deferrable.IMMEDIATE),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.CheckConstraint(condition=models.Q(('during__endswith__isnull', False), ('during__isempty', False), ('during__startswith__isnull', False)), name='agenda_item_lasts'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), models.Q(('ended_at__gte', models.F('started_at')), ('started_at__isnull', False)), _connector='OR'), name='agenda_item_in_order'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
