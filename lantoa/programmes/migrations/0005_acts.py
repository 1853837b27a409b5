"""The legal acts behind programmes and targets."""

import django.db.models.deletion
import lantoa.common.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0004_lookalikes'),
        ('office', '0006_days_before'),
        ('programmes', '0004_inventory'),
    ]

    operations = [
        migrations.CreateModel(
            name='LegalAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('kind', models.CharField(choices=[('law', 'Law'), ('resolution', 'Resolution'), ('decree', 'Decree'), ('decision', 'Decision'), ('circular', 'Circular'), ('directive', 'Directive'), ('plan', 'Plan'), ('letter', 'Letter'), ('other', 'Other')], max_length=10)),
                ('starts', models.DateField(null=True)),
                ('ends', models.DateField(null=True)),
                ('url', models.CharField(blank=True, max_length=500)),
                ('mark', models.CharField(blank=True, max_length=1)),
                ('folded', models.CharField(db_collation='C', max_length=800)),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='act', to='directory.decision')),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.file')),
                ('programmes', models.ManyToManyField(related_name='acts', to='programmes.programme')),
                ('targets', models.ManyToManyField(related_name='acts', to='programmes.target')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='legal_acts', to='directory.unit')),
            ],
        ),
        migrations.CreateModel(
            name='ActRelation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('way', models.CharField(choices=[('replaces', 'Replaces'), ('amends', 'Amends')], max_length=8)),
                ('act', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='touches', to='programmes.legalact')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='touched_by', to='programmes.legalact')),
            ],
        ),
        migrations.AddConstraint(
            model_name='legalact',
            constraint=models.CheckConstraint(condition=models.Q(('starts__isnull', True), ('ends__isnull', True), ('ends__gt', models.F('starts')), _connector='OR'), name='act_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='actrelation',
            constraint=models.UniqueConstraint(fields=('act', 'other'), name='act_touches_another_once'),
        ),
        migrations.AddConstraint(
            model_name='actrelation',
            constraint=models.CheckConstraint(condition=models.Q(('act', models.F('other')), _negated=True), name='act_touches_another'),
        ),
    ]
