from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('api', '0002_events'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='entry',
            field=models.CharField(max_length=13),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(fields=('entry', 'thing'), name='one_event_of_a_line'),
        ),
    ]
