"""Targets, their milestones, figures with their reviews, campaigns. A figure and its review are never changed."""

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import lantoa.common.models
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION programmes_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Cannot % line % of %: a figure and its review are corrected by a new line',
        lower(TG_OP), OLD.id, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER programmes_measurement_stays BEFORE UPDATE ON programmes_measurement
    FOR EACH ROW EXECUTE FUNCTION programmes_line_stays();
CREATE TRIGGER programmes_review_stays BEFORE UPDATE OR DELETE ON programmes_review
    FOR EACH ROW EXECUTE FUNCTION programmes_line_stays();
"""
BACKWARD = """
DROP TRIGGER programmes_review_stays ON programmes_review;
DROP TRIGGER programmes_measurement_stays ON programmes_measurement;
DROP FUNCTION programmes_line_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0004_lookalikes'),
        ('programmes', '0002_standard_fields'),
    ]

    operations = [
        migrations.CreateModel(
            name='Reporting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('title', models.CharField(max_length=300)),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('due_on', models.DateField()),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.CharField(max_length=60)),
                ('closed_at', models.DateTimeField(null=True)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reportings', to='directory.unit')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=300)),
                ('name_en', models.CharField(blank=True, max_length=300)),
                ('folded', models.CharField(db_collation='C', max_length=700)),
                ('pillar', models.CharField(choices=[('government', 'Government'), ('economy', 'Economy'), ('society', 'Society')], max_length=10)),
                ('definition', models.TextField(blank=True)),
                ('source', models.CharField(blank=True, max_length=300)),
                ('measure', models.CharField(max_length=60)),
                ('kind', models.CharField(choices=[('at_least', 'At Least'), ('at_most', 'At Most'), ('exactly', 'Exactly'), ('rank', 'Rank'), ('yes_no', 'Yes No'), ('growth', 'Growth'), ('reduction', 'Reduction')], max_length=10)),
                ('roll_up', models.CharField(blank=True, choices=[('sum', 'Sum'), ('ratio', 'Ratio'), ('mean', 'Mean'), ('worst', 'Worst')], max_length=5)),
                ('every', models.CharField(choices=[('year', 'Year'), ('half', 'Half'), ('quarter', 'Quarter'), ('month', 'Month')], default='year', max_length=8)),
                ('low', models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ('high', models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ('jump', models.DecimalField(decimal_places=2, max_digits=7, null=True)),
                ('baseline', models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ('baseline_year', models.PositiveSmallIntegerField(null=True)),
                ('baseline_mark', models.CharField(blank=True, max_length=1)),
                ('since', models.DateField()),
                ('retired_on', models.DateField(null=True)),
                ('retired_reason', models.CharField(blank=True, max_length=500)),
                ('way', models.CharField(blank=True, choices=[('copied', 'Copied'), ('split', 'Split'), ('own', 'Own')], max_length=6)),
                ('forebear_rule', models.CharField(blank=True, choices=[('sum', 'Sum'), ('ratio', 'Ratio'), ('mean', 'Mean'), ('worst', 'Worst')], max_length=5)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('decision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.decision')),
                ('field', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='programmes.field')),
                ('forebears', models.ManyToManyField(related_name='heirs', to='programmes.target')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='programmes.target')),
                ('programme', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='programmes.programme')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='directory.unit')),
            ],
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('year', models.PositiveSmallIntegerField()),
                ('value', models.DecimalField(decimal_places=6, max_digits=24)),
                ('mark', models.CharField(blank=True, max_length=1)),
                ('source', models.CharField(blank=True, max_length=300)),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='programmes.target')),
            ],
        ),
        migrations.CreateModel(
            name='Measurement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('number', models.PositiveSmallIntegerField()),
                ('value', models.DecimalField(decimal_places=6, max_digits=24)),
                ('part', models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ('whole', models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ('document_number', models.CharField(blank=True, max_length=60)),
                ('document_date', models.DateField(null=True)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('reported_by', models.CharField(max_length=60)),
                ('reported_at', models.DateTimeField()),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measurements', to='directory.unit')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measurements', to='programmes.target')),
            ],
        ),
        migrations.CreateModel(
            name='Due',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('due_on', models.DateField(null=True)),
                ('reporting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dues', to='programmes.reporting')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dues', to='programmes.target')),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('verdict', models.CharField(choices=[('approved', 'Approved'), ('returned', 'Returned')], max_length=8)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('by', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
                ('measurement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='review', to='programmes.measurement')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('verdict', 'approved'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='review_returned_with_reason')],
            },
        ),
        migrations.AddIndex(
            model_name='target',
            index=models.Index(fields=['parent'], name='target_shares'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.UniqueConstraint(fields=('unit', 'code'), name='one_target_code'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('retired_on__isnull', True), models.Q(('retired_reason', ''), _negated=True), _connector='OR'), name='target_retired_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('baseline__isnull', True), ('baseline_year__isnull', True)), models.Q(('baseline__isnull', False), ('baseline_year__isnull', False)), _connector='OR'), name='target_baseline_has_year'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('parent__isnull', True), ('way', '')), models.Q(('parent__isnull', False), models.Q(('way', ''), _negated=True)), _connector='OR'), name='target_share_has_way'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='target_not_in_itself'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.UniqueConstraint(fields=('target', 'year'), name='one_milestone_a_year'),
        ),
        migrations.AddConstraint(
            model_name='measurement',
            constraint=models.UniqueConstraint(fields=('target', 'period', 'number'), name='measured_once_a_number'),
        ),
        migrations.AddConstraint(
            model_name='measurement',
            constraint=models.CheckConstraint(condition=models.Q(('number', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='measurement_corrected_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='measurement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('part__isnull', True), ('whole__isnull', True)), models.Q(('part__isnull', False), ('whole__isnull', False)), _connector='OR'), name='measurement_ratio_whole'),
        ),
        migrations.AddConstraint(
            model_name='due',
            constraint=models.UniqueConstraint(fields=('reporting', 'target'), name='figure_asked_once'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
