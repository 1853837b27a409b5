"""Attempts sat on paper. Start and hand-in that rest on that word alone go with it, when it is taken back."""

from django.db import migrations, models

CHANGE = """
CREATE OR REPLACE FUNCTION exams_attempt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.on_paper_stamped AND NOT OLD.on_paper_stamped AND OLD.started_at IS NOT NULL THEN
        RAISE EXCEPTION 'Cannot say that attempt % began on paper: it began before', OLD.key
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.started_at IS NULL OR NEW.started_at IS NOT DISTINCT FROM OLD.started_at)
       AND (OLD.handed_in_at IS NULL OR NEW.handed_in_at IS NOT DISTINCT FROM OLD.handed_in_at)
       AND (OLD.started_at IS NULL OR NEW.variant_id = OLD.variant_id)
       AND NEW.sitting_id = OLD.sitting_id THEN
        RETURN NEW;
    END IF;
    IF OLD.on_paper_stamped AND NOT NEW.on_paper_stamped AND NEW.on_paper_at IS NULL
       AND NEW.started_at IS NULL AND NEW.handed_in_at IS NULL
       AND NEW.variant_id = OLD.variant_id AND NEW.sitting_id = OLD.sitting_id THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Cannot change start, hand-in or variant of attempt %: they stay as they were', OLD.key
        USING ERRCODE = 'restrict_violation';
END $$;
"""
BACK = """
CREATE OR REPLACE FUNCTION exams_attempt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.started_at IS NULL OR NEW.started_at IS NOT DISTINCT FROM OLD.started_at)
       AND (OLD.handed_in_at IS NULL OR NEW.handed_in_at IS NOT DISTINCT FROM OLD.handed_in_at)
       AND (OLD.started_at IS NULL OR NEW.variant_id = OLD.variant_id)
       AND NEW.sitting_id = OLD.sitting_id THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Cannot change start, hand-in or variant of attempt %: they stay as they were', OLD.key
        USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0004_rooms'),
    ]

    operations = [
        migrations.AddField(model_name='attempt', name='on_paper_at', field=models.DateTimeField(null=True)),
        migrations.AddField(model_name='attempt', name='on_paper_by', field=models.CharField(blank=True, max_length=60, default=''), preserve_default=False),
        migrations.AddField(model_name='attempt', name='on_paper_stamped', field=models.BooleanField(default=False)),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(
                condition=models.Q(('on_paper_at', None), ('on_paper_by', ''), ('on_paper_stamped', False)) | (models.Q(('on_paper_at__isnull', False)) & ~models.Q(('on_paper_by', ''))),
                name='attempt_on_paper_said_by_somebody',
            ),
        ),
        migrations.RunSQL(CHANGE, BACK),
    ]
