"""What a site tapped before the desk's report and sent after it is kept, and does not replace what the desk said."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION workshops_report_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM reported n JOIN workshops_rollcall r ON r.id = n.roll_call_id
                 JOIN workshops_site s ON s.id = n.site_id WHERE s.workshop_id <> r.workshop_id) THEN
        RAISE EXCEPTION 'Cannot report a site in the roll call of another workshop'
            USING ERRCODE = 'restrict_violation';
    END IF;
    INSERT INTO workshops_sitestate AS t
           (roll_call_id, site_id, report_id, state, people, leaders, guests, how, at, reports)
    SELECT DISTINCT ON (site_id, roll_call_id)
           roll_call_id, site_id, id, state, people, leaders, guests, how, at,
           count(*) OVER (PARTITION BY site_id, roll_call_id)
      FROM reported ORDER BY site_id, roll_call_id, id DESC
    ON CONFLICT (roll_call_id, site_id) DO UPDATE
       SET report_id = EXCLUDED.report_id, state = EXCLUDED.state, people = EXCLUDED.people,
           leaders = EXCLUDED.leaders, guests = EXCLUDED.guests, how = EXCLUDED.how, at = EXCLUDED.at,
           reports = t.reports + EXCLUDED.reports
     WHERE EXCLUDED.how <> 'rest'
       AND NOT (t.how = 'desk' AND EXISTS (SELECT 1 FROM reported n WHERE n.id = EXCLUDED.report_id
                                              AND n.how = 'site' AND n.tapped_at < t.at));
    RETURN NULL;
END $$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION workshops_report_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM reported n JOIN workshops_rollcall r ON r.id = n.roll_call_id
                 JOIN workshops_site s ON s.id = n.site_id WHERE s.workshop_id <> r.workshop_id) THEN
        RAISE EXCEPTION 'Cannot report a site in the roll call of another workshop'
            USING ERRCODE = 'restrict_violation';
    END IF;
    INSERT INTO workshops_sitestate AS t
           (roll_call_id, site_id, report_id, state, people, leaders, guests, how, at, reports)
    SELECT DISTINCT ON (site_id, roll_call_id)
           roll_call_id, site_id, id, state, people, leaders, guests, how, at,
           count(*) OVER (PARTITION BY site_id, roll_call_id)
      FROM reported ORDER BY site_id, roll_call_id, id DESC
    ON CONFLICT (roll_call_id, site_id) DO UPDATE
       SET report_id = EXCLUDED.report_id, state = EXCLUDED.state, people = EXCLUDED.people,
           leaders = EXCLUDED.leaders, guests = EXCLUDED.guests, how = EXCLUDED.how, at = EXCLUDED.at,
           reports = t.reports + EXCLUDED.reports
     WHERE EXCLUDED.how <> 'rest';
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('workshops', '0004_during'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
