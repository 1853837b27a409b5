"""The budget of programmes. An entry is never changed and never removed."""

import django.db.models.deletion
import lantoa.common.models
from django.db import migrations, models


FORWARD = """
CREATE FUNCTION programmes_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Cannot % entry % of %: an amount is countered by its opposite',
        lower(TG_OP), OLD.id, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER programmes_budgetentry_stays BEFORE UPDATE OR DELETE ON programmes_budgetentry
    FOR EACH ROW EXECUTE FUNCTION programmes_entry_stays();
"""
BACKWARD = """
DROP TRIGGER programmes_budgetentry_stays ON programmes_budgetentry;
DROP FUNCTION programmes_entry_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0005_acts'),
    ]

    operations = [
        migrations.CreateModel(
            name='BudgetLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('year', models.PositiveSmallIntegerField()),
                ('source', models.CharField(choices=[('central', 'Central'), ('local', 'Local'), ('oda', 'Oda'), ('in_kind', 'In Kind'), ('own', 'Own'), ('other', 'Other')], max_length=8)),
                ('purpose', models.CharField(blank=True, max_length=300)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='budget_lines', to='programmes.partner')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='budget_lines', to='programmes.programme')),
            ],
        ),
        migrations.CreateModel(
            name='BudgetEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('kind', models.CharField(choices=[('planned', 'Planned'), ('allocated', 'Allocated'), ('spent', 'Spent')], max_length=9)),
                ('day', models.DateField()),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('foreign', models.DecimalField(decimal_places=2, max_digits=20, null=True)),
                ('rate', models.DecimalField(decimal_places=6, max_digits=20, null=True)),
                ('document_number', models.CharField(blank=True, max_length=60)),
                ('document_date', models.DateField(null=True)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('said_by', models.CharField(max_length=60)),
                ('said_at', models.DateTimeField()),
                ('counters', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='countered', to='programmes.budgetentry')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='programmes.budgetline')),
            ],
        ),
        migrations.AddConstraint(
            model_name='budgetline',
            constraint=models.UniqueConstraint(fields=('programme', 'year', 'source', 'partner', 'purpose'), name='one_budget_line', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='budgetline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('source__in', ('oda', 'in_kind')), _negated=True), ('partner__isnull', False), _connector='OR'), name='budget_gift_has_giver'),
        ),
        migrations.AddIndex(
            model_name='budgetentry',
            index=models.Index(fields=['line', 'kind', 'day'], name='budget_entry_of_line'),
        ),
        migrations.AddConstraint(
            model_name='budgetentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('counters__isnull', True)), models.Q(('amount__lt', 0), ('counters__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='budget_entry_countered_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='budgetentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency', ''), ('foreign__isnull', True), ('rate__isnull', True)), models.Q(models.Q(('currency', ''), _negated=True), ('foreign__isnull', False), ('rate__isnull', False)), _connector='OR'), name='budget_entry_currency_whole'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
