"""Two markers and a tolerance, points by criterion; and what people gave stays as it is, as the log of answers does."""

from django.db import migrations, models

FORWARD = """
CREATE TRIGGER exams_judgement_stays BEFORE UPDATE OR DELETE ON exams_judgement
    FOR EACH ROW EXECUTE FUNCTION exams_row_stays();
CREATE TRIGGER exams_judgement_is_not_emptied BEFORE TRUNCATE ON exams_judgement
    FOR EACH STATEMENT EXECUTE FUNCTION exams_row_stays();
"""

BACKWARD = """
DROP TRIGGER exams_judgement_is_not_emptied ON exams_judgement;
DROP TRIGGER exams_judgement_stays ON exams_judgement;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0007_remarking'),
    ]

    operations = [
        migrations.AddField(
            model_name='sitting',
            name='markers',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='sitting',
            name='tolerance',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=8),
        ),
        migrations.AddField(
            model_name='judgement',
            name='parts',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='judgement',
            name='deciding',
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name='sitting',
            constraint=models.CheckConstraint(condition=models.Q(('markers__in', [1, 2]), ('tolerance__gte', 0)), name='sitting_one_or_two_markers'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
