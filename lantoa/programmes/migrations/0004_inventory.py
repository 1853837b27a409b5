"""What units run, and what is expected of them. What was said of a system is never changed."""

import django.db.models.deletion
import lantoa.common.models
from django.db import migrations, models


FORWARD = """
CREATE TRIGGER programmes_stage_stays BEFORE UPDATE ON programmes_stage
    FOR EACH ROW EXECUTE FUNCTION programmes_line_stays();
"""
BACKWARD = "DROP TRIGGER programmes_stage_stays ON programmes_stage;"


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0004_lookalikes'),
        ('programmes', '0003_targets'),
    ]

    operations = [
        migrations.CreateModel(
            name='System',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('came_from', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken_over', to='programmes.system')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='systems', to='directory.unit')),
            ],
        ),
        migrations.CreateModel(
            name='Stage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('since', models.DateField()),
                ('number', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('running', 'Running'), ('trial', 'Trial'), ('planned', 'Planned'), ('broken', 'Broken'), ('stopped', 'Stopped')], max_length=8)),
                ('name', models.CharField(max_length=200)),
                ('owner', models.CharField(blank=True, max_length=200)),
                ('supplier', models.CharField(blank=True, max_length=200)),
                ('users', models.PositiveIntegerField(null=True)),
                ('cost', models.PositiveBigIntegerField(null=True)),
                ('links', models.JSONField(default=list)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('said_by', models.CharField(max_length=60)),
                ('said_at', models.DateTimeField()),
                ('system', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stages', to='programmes.system')),
            ],
        ),
        migrations.CreateModel(
            name='ExpectedList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('level', models.CharField(choices=[('country', 'Country'), ('province', 'Province'), ('district', 'District'), ('commune', 'Commune'), ('agency', 'Agency')], max_length=10)),
                ('since', models.DateField()),
                ('basis', models.CharField(blank=True, max_length=300)),
                ('items', models.JSONField(default=list)),
                ('said_by', models.CharField(max_length=60)),
                ('said_at', models.DateTimeField()),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='expected_lists', to='directory.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['unit', 'level', 'since'], name='expected_of_office')],
            },
        ),
        migrations.AddIndex(
            model_name='system',
            index=models.Index(fields=['unit', 'kind'], name='system_of_unit'),
        ),
        migrations.AddConstraint(
            model_name='system',
            constraint=models.CheckConstraint(condition=models.Q(('came_from__isnull', True), models.Q(('came_from', models.F('id')), _negated=True), _connector='OR'), name='system_not_from_itself'),
        ),
        migrations.AddConstraint(
            model_name='stage',
            constraint=models.UniqueConstraint(fields=('system', 'since', 'number'), name='stage_said_once_a_number'),
        ),
        migrations.AddConstraint(
            model_name='stage',
            constraint=models.CheckConstraint(condition=models.Q(('number', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='stage_corrected_with_reason'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
