"""The roll: what each site reported, which the database refuses to change; what stands, which it alone writes."""

import django.db.models.deletion
import django.db.models.expressions
import lantoa.common.models
from django.db import migrations, models


FORWARD = """
CREATE FUNCTION workshops_report_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Cannot % report % of site %: what was reported stays as it is',
        lower(TG_OP), OLD.id, OLD.site_id USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION workshops_report_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM reported n JOIN workshops_rollcall r ON r.id = n.roll_call_id
                 JOIN workshops_site s ON s.id = n.site_id WHERE s.workshop_id <> r.workshop_id) THEN
        RAISE EXCEPTION 'Cannot report a site in the roll call of another workshop'
            USING ERRCODE = 'restrict_violation';
    END IF;
    INSERT INTO workshops_sitestate AS t
           (roll_call_id, site_id, report_id, state, people, leaders, guests, how, at, reports)
    SELECT DISTINCT ON (site_id, roll_call_id)
           roll_call_id, site_id, id, state, people, leaders, guests, how, at,
           count(*) OVER (PARTITION BY site_id, roll_call_id)
      FROM reported ORDER BY site_id, roll_call_id, id DESC
    ON CONFLICT (roll_call_id, site_id) DO UPDATE
       SET report_id = EXCLUDED.report_id, state = EXCLUDED.state, people = EXCLUDED.people,
           leaders = EXCLUDED.leaders, guests = EXCLUDED.guests, how = EXCLUDED.how, at = EXCLUDED.at,
           reports = t.reports + EXCLUDED.reports
     WHERE EXCLUDED.how <> 'rest';
    RETURN NULL;
END $$;

CREATE FUNCTION workshops_state_is_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() > 1 THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'Cannot % what stands of a site: enter a report', lower(TG_OP)
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER workshops_report_stays BEFORE UPDATE OR DELETE ON workshops_sitereport
    FOR EACH ROW EXECUTE FUNCTION workshops_report_stays();
CREATE TRIGGER workshops_report_stands AFTER INSERT ON workshops_sitereport
    REFERENCING NEW TABLE AS reported FOR EACH STATEMENT EXECUTE FUNCTION workshops_report_stands();
CREATE TRIGGER workshops_state_is_told BEFORE INSERT OR UPDATE OR DELETE ON workshops_sitestate
    FOR EACH ROW EXECUTE FUNCTION workshops_state_is_told();
ALTER TABLE workshops_siteheard SET UNLOGGED;
"""

BACKWARD = """
DROP TRIGGER workshops_state_is_told ON workshops_sitestate;
DROP TRIGGER workshops_report_stands ON workshops_sitereport;
DROP TRIGGER workshops_report_stays ON workshops_sitereport;
DROP FUNCTION workshops_state_is_told();
DROP FUNCTION workshops_report_stands();
DROP FUNCTION workshops_report_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('workshops', '0002_before'),
    ]

    operations = [
        migrations.CreateModel(
            name='SiteHeard',
            fields=[
                ('site', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='heard', serialize=False, to='workshops.site')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RollCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('mode', models.CharField(choices=[('together', 'Together'), ('order', 'Order')], max_length=8)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('called_at', models.DateTimeField(null=True)),
                ('calling', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workshops.site')),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roll_calls', to='workshops.workshop')),
            ],
        ),
        migrations.CreateModel(
            name='SiteReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('present', 'Present'), ('late', 'Late'), ('fault', 'Fault'), ('absent', 'Absent')], max_length=7)),
                ('people', models.PositiveIntegerField(null=True)),
                ('leaders', models.PositiveIntegerField(default=0)),
                ('guests', models.PositiveIntegerField(default=0)),
                ('how', models.CharField(choices=[('site', 'Site'), ('desk', 'Desk'), ('rest', 'Rest')], max_length=4)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('nonce', models.CharField(max_length=26)),
                ('tapped_at', models.DateTimeField(null=True)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=60)),
                ('roll_call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='workshops.rollcall')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='workshops.site')),
            ],
        ),
        migrations.CreateModel(
            name='SiteState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('present', 'Present'), ('late', 'Late'), ('fault', 'Fault'), ('absent', 'Absent')], max_length=7)),
                ('people', models.PositiveIntegerField(null=True)),
                ('leaders', models.PositiveIntegerField()),
                ('guests', models.PositiveIntegerField()),
                ('how', models.CharField(choices=[('site', 'Site'), ('desk', 'Desk'), ('rest', 'Rest')], max_length=4)),
                ('at', models.DateTimeField()),
                ('reports', models.PositiveIntegerField(default=1)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workshops.sitereport')),
                ('roll_call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='states', to='workshops.rollcall')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='states', to='workshops.site')),
            ],
        ),
        migrations.CreateModel(
            name='Trespass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('what', models.CharField(max_length=10)),
                ('actor', models.CharField(max_length=60)),
                ('count', models.PositiveIntegerField()),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trespasses', to='workshops.workshop')),
            ],
        ),
        migrations.AddConstraint(
            model_name='rollcall',
            constraint=models.UniqueConstraint(fields=('workshop', 'number'), name='one_roll_call_number'),
        ),
        migrations.AddConstraint(
            model_name='rollcall',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('workshop',), name='one_open_roll_call_of_a_workshop'),
        ),
        migrations.AddConstraint(
            model_name='rollcall',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at', None), ('closed_at__gte', models.F('opened_at')), _connector='OR'), name='roll_call_closed_after_opening'),
        ),
        migrations.AddConstraint(
            model_name='sitereport',
            constraint=models.UniqueConstraint(fields=('roll_call', 'site', 'nonce'), name='one_site_report'),
        ),
        migrations.AddConstraint(
            model_name='sitereport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('guests', 0), ('leaders', 0), ('people', None)), ('people__gte', django.db.models.expressions.CombinedExpression(models.F('leaders'), '+', models.F('guests'))), _connector='OR'), name='site_report_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='sitereport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'absent'), _negated=True), ('people', None), ('people', 0), _connector='OR'), name='site_report_of_the_absent'),
        ),
        migrations.AddConstraint(
            model_name='sitereport',
            constraint=models.CheckConstraint(condition=models.Q(('how', 'rest'), ('state', 'absent'), ('people__isnull', False), _connector='OR'), name='site_report_is_counted'),
        ),
        migrations.AddConstraint(
            model_name='sitestate',
            constraint=models.UniqueConstraint(fields=('roll_call', 'site'), name='one_site_state'),
        ),
        migrations.AddConstraint(
            model_name='trespass',
            constraint=models.UniqueConstraint(fields=('workshop', 'what', 'actor'), name='one_trespass'),
        ),
        migrations.AlterField(  # a topmost site may go: it stands under itself only
            model_name='site',
            name='root',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='all_under', to='workshops.site'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
