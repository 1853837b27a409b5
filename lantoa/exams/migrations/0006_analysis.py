import django.db.models.deletion
import lantoa.common.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0005_on_paper'),
    ]

    operations = [
        migrations.CreateModel(
            name='Analysis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('state', models.CharField(max_length=120)),
                ('content', models.JSONField()),
                ('made_at', models.DateTimeField()),
                ('sitting', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='analysis', to='exams.sitting')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
