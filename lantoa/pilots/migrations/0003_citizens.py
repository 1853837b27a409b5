"""What citizens write by the public page, held until somebody of the unit has looked at it."""
import django.db.models.deletion
import lantoa.common.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0004_lookalikes'),
        ('pilots', '0002_promises'),
    ]

    operations = [
        migrations.CreateModel(
            name='CitizenWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('text', models.CharField(max_length=1000)),
                ('name', models.CharField(blank=True, max_length=100)),
                ('contact', models.CharField(blank=True, max_length=120)),
                ('consent', models.CharField(blank=True, max_length=600)),
                ('said_at', models.DateTimeField()),
                ('declined', models.CharField(blank=True, max_length=300)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, max_length=60)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.CharField(blank=True, max_length=60)),
                ('pain', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='citizen_word', to='pilots.painpoint')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='citizen_words', to='directory.unit')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('contact', ''), models.Q(('consent', ''), _negated=True), _connector='OR'), name='citizen_reached_by_consent'), models.CheckConstraint(condition=models.Q(('name', ''), models.Q(('contact', ''), _negated=True), _connector='OR'), name='citizen_named_only_to_be_reached'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('declined', ''), ('pain', None)), models.Q(('decided_at__isnull', False), ('declined', ''), ('pain__isnull', False)), models.Q(('decided_at__isnull', False), ('pain', None), models.Q(('declined', ''), _negated=True)), _connector='OR'), name='citizen_word_decided_once')],
            },
        ),
    ]
