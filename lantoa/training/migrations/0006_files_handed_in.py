"""Files handed in for assignments before whoever marks was their only reader: they lay with the learner's own unit, open
to everybody who may see programmes there. They are brought to the unit of the class and the right to mark.

What a later file replaced has no row any more that leads to it: such a file of an account gets the same right where it
lies. No content is touched.
"""

from django.db import migrations

TO_THE_CLASS = """
    UPDATE office_file f SET unit_id = c.unit_id, seen_with = 'training.mark_results'
      FROM training_submission s
      JOIN training_enrolment e ON e.id = s.enrolment_id
      JOIN training_trainingclass c ON c.id = e.training_class_id
     WHERE s.file_id = f.id AND f.seen_with = 'programmes.view'
"""
REPLACED = """
    UPDATE office_file f SET seen_with = 'training.mark_results'
     WHERE f.seen_with = 'programmes.view' AND f.uploaded_by LIKE 'user:%'
       AND NOT EXISTS (SELECT 1 FROM training_submission s WHERE s.file_id = f.id)
       AND NOT EXISTS (SELECT 1 FROM competence_material m WHERE m.file_id = f.id)
       AND NOT EXISTS (SELECT 1 FROM office_import i WHERE i.file_id = f.id)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('training', '0005_exams'),
        ('competence', '0001_initial'),
        ('office', '0006_days_before'),
    ]

    operations = [
        migrations.RunSQL([(TO_THE_CLASS, None), (REPLACED, None)], migrations.RunSQL.noop),
    ]
