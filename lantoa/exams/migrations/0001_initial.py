"""Banks, questions with their versions, papers with their variants; what was used stays as it is."""

import django.db.models.deletion
import lantoa.common.models
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION exams_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.used_at IS NULL THEN
            RETURN OLD;
        END IF;
    ELSIF (NEW.question_id, NEW.number, NEW.kind, NEW.difficulty, NEW.points, NEW.content, NEW.key)
        IS NOT DISTINCT FROM
        (OLD.question_id, OLD.number, OLD.kind, OLD.difficulty, OLD.points, OLD.content, OLD.key)
        AND (OLD.used_at IS NULL OR NEW.used_at IS NOT DISTINCT FROM OLD.used_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Cannot % version % of a question: what was asked stays as it is', lower(TG_OP), OLD.key
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION exams_variant_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.used_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Cannot % variant % of a paper: it is in use', lower(TG_OP), OLD.key
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER exams_version_stays BEFORE UPDATE OR DELETE ON exams_version
    FOR EACH ROW EXECUTE FUNCTION exams_version_stays();
CREATE TRIGGER exams_variant_stays BEFORE UPDATE OR DELETE ON exams_variant
    FOR EACH ROW EXECUTE FUNCTION exams_variant_stays();
"""

BACKWARD = """
DROP TRIGGER exams_variant_stays ON exams_variant;
DROP TRIGGER exams_version_stays ON exams_version;
DROP FUNCTION exams_variant_stays();
DROP FUNCTION exams_version_stays();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('competence', '0001_initial'),
        ('directory', '0003_privacy'),
    ]

    operations = [
        migrations.CreateModel(
            name='Bank',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('title', models.CharField(max_length=300)),
                ('summary', models.TextField(blank=True)),
                ('made_by', models.CharField(max_length=60)),
                ('made_at', models.DateTimeField()),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='banks', to='directory.unit')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('title', models.CharField(max_length=300)),
                ('settings', models.JSONField(default=dict)),
                ('made_by', models.CharField(max_length=60)),
                ('made_at', models.DateTimeField()),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='directory.unit')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('code', models.CharField(max_length=80)),
                ('retired_at', models.DateTimeField(null=True)),
                ('bank', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='exams.bank')),
            ],
        ),
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('right', models.CharField(choices=[('see', 'See'), ('use', 'Use'), ('edit', 'Edit')], max_length=4)),
                ('given_by', models.CharField(max_length=60)),
                ('given_at', models.DateTimeField()),
                ('bank', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='exams.bank')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.unit')),
            ],
        ),
        migrations.CreateModel(
            name='Variant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('seed', models.BigIntegerField()),
                ('content', models.JSONField(default=list)),
                ('keys', models.JSONField(default=dict)),
                ('made_by', models.CharField(max_length=60)),
                ('made_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='variants', to='exams.paper')),
            ],
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('current', models.BooleanField(default=True)),
                ('kind', models.CharField(max_length=9)),
                ('difficulty', models.PositiveSmallIntegerField()),
                ('points', models.DecimalField(decimal_places=2, max_digits=6)),
                ('content', models.JSONField()),
                ('folded', models.TextField(blank=True)),
                ('source', models.CharField(blank=True, max_length=80)),
                ('made_by', models.CharField(max_length=60)),
                ('made_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='exams.question')),
            ],
        ),
        migrations.CreateModel(
            name='Aim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(blank=True, max_length=500)),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='competence.topic')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aims', to='exams.version')),
            ],
        ),
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=lantoa.common.models.new_key, editable=False, max_length=13, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('media_type', models.CharField(max_length=20)),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.PositiveIntegerField()),
                ('content', models.BinaryField()),
                ('bank', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pictures', to='exams.bank')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('bank', 'sha256'), name='one_picture_of_a_bank')],
            },
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('bank', 'code'), name='one_question_code'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.UniqueConstraint(fields=('bank', 'unit'), name='one_share_of_a_bank'),
        ),
        migrations.AddConstraint(
            model_name='variant',
            constraint=models.UniqueConstraint(fields=('paper', 'number'), name='one_variant_number'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(fields=('question', 'number'), name='one_question_version'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(condition=models.Q(('current', True)), fields=('question',), name='one_current_version'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(('difficulty__gte', 1), ('difficulty__lte', 4)), name='version_difficulty'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(('points__gt', 0)), name='version_points_positive'),
        ),
        migrations.AddConstraint(
            model_name='aim',
            constraint=models.UniqueConstraint(fields=('version', 'topic', 'outcome'), name='one_aim'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
