"""What an attempt was marked with before more time, or a sheet taken back, took its mark away."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0009_handed_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='attempt',
            name='points_before',
            field=models.DecimalField(decimal_places=2, max_digits=8, null=True),
        ),
        migrations.AddField(
            model_name='attempt',
            name='out_of_before',
            field=models.DecimalField(decimal_places=2, max_digits=8, null=True),
        ),
    ]
