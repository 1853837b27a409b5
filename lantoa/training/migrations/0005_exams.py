import django.db.models.deletion
import lantoa.common.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0003_judgements'),
        ('training', '0004_open_classes'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClassExam',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('purpose', models.CharField(choices=[('pre', 'Pre'), ('post', 'Post'), ('test', 'Test'), ('practice', 'Practice')], max_length=8)),
                ('assessment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='exams', to='training.assessment')),
                ('sitting', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.sitting')),
                ('training_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exams', to='training.trainingclass')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('purpose', 'post'), models.Q(('assessment__isnull', False), ('purpose', 'test')), models.Q(('assessment__isnull', True), ('purpose__in', ['pre', 'practice'])), _connector='OR'), name='exam_that_counts')],
            },
        ),
    ]
