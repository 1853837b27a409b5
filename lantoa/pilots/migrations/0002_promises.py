"""What the database keeps of what was promised beforehand, whatever a page or a command does.

- A pilot's window has three to six months. Its plan is fixed only with a measure, with a baseline of each measured before
  the first day, and with a gate; a fixed plan stays, and so does a decision.
- Readings, weights, versions of playbooks and fidelity checks are added, never changed. A correction is of the same
  measure and day.
- A gate is replaced only before its day, and decided once.
- The order of a spread is settled before its first wave and stays.
"""

from django.db import migrations

FORWARD = """
ALTER TABLE pilots_pilot ADD CONSTRAINT pilot_window_of_three_to_six_months CHECK (
    lower(period) IS NOT NULL AND upper(period) IS NOT NULL
    AND upper(period) >= lower(period) + interval '3 months' AND upper(period) <= lower(period) + interval '6 months'
);

CREATE FUNCTION pilots_row_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Cannot % row % of %: it stays as it is', lower(TG_OP), OLD.id, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION pilots_plan_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.fixed_at IS NULL AND NEW.fixed_at IS NOT NULL THEN
        IF NOT EXISTS (SELECT FROM pilots_measure WHERE pilot_id = NEW.id)
           OR NOT EXISTS (SELECT FROM pilots_gate WHERE pilot_id = NEW.id)
           OR EXISTS (SELECT FROM pilots_measure m WHERE m.pilot_id = NEW.id AND NOT EXISTS (
                  SELECT FROM pilots_reading r WHERE r.measure_id = m.id AND r.baseline AND r."on" < lower(NEW.period)))
        THEN
            RAISE EXCEPTION 'Cannot fix the plan of pilot %: a measure, a baseline before its first day or a gate is missing',
                NEW.id USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF OLD.fixed_at IS NOT NULL AND (
        (NEW.fixed_at, NEW.code, NEW.unit_id, NEW.period, NEW.problem, NEW.hypothesis, NEW.budget)
        IS DISTINCT FROM
        (OLD.fixed_at, OLD.code, OLD.unit_id, OLD.period, OLD.problem, OLD.hypothesis, OLD.budget)
    ) THEN
        RAISE EXCEPTION 'Cannot change the plan of pilot %: it is fixed', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.outcome <> '' AND (NEW.outcome, NEW.outcome_reason, NEW.decided_on, NEW.decided_by, NEW.decision_id)
        IS DISTINCT FROM (OLD.outcome, OLD.outcome_reason, OLD.decided_on, OLD.decided_by, OLD.decision_id) THEN
        RAISE EXCEPTION 'Cannot change the decision on pilot %: it stays as it is', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION pilots_measure_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_pilot bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.pilot_id ELSE OLD.pilot_id END;
BEGIN
    IF EXISTS (SELECT FROM pilots_pilot WHERE id = of_pilot AND fixed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'Cannot % a measure of pilot %: its plan is fixed', lower(TG_OP), of_pilot
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION pilots_reading_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pilot record;
    earlier record;
BEGIN
    SELECT p.* INTO pilot FROM pilots_pilot p JOIN pilots_measure m ON m.pilot_id = p.id WHERE m.id = NEW.measure_id;
    IF NEW.corrects_id IS NOT NULL THEN
        SELECT * INTO earlier FROM pilots_reading WHERE id = NEW.corrects_id;
        IF (earlier.measure_id, earlier."on", earlier.baseline) IS DISTINCT FROM (NEW.measure_id, NEW."on", NEW.baseline) THEN
            RAISE EXCEPTION 'Cannot correct reading % by one of another measure or day', earlier.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF NEW.baseline AND (NEW."on" >= lower(pilot.period) OR pilot.fixed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'Cannot enter a baseline of pilot %: it is measured before the pilot starts', pilot.id
            USING ERRCODE = 'restrict_violation';
    ELSIF NOT NEW.baseline AND (NEW."on" < lower(pilot.period) OR pilot.fixed_at IS NULL) THEN
        RAISE EXCEPTION 'Cannot enter a reading of pilot %: it has not started', pilot.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION pilots_reading_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM pilots_pilot p JOIN pilots_measure m ON m.pilot_id = p.id
                                     WHERE m.id = OLD.measure_id AND p.fixed_at IS NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Cannot % row % of pilots_reading: it stays as it is', lower(TG_OP), OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION pilots_gate_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earlier record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.replaces_id IS NOT NULL THEN
            SELECT * INTO earlier FROM pilots_gate WHERE id = NEW.replaces_id;
            IF earlier.pilot_id <> NEW.pilot_id OR earlier.passed IS NOT NULL OR NEW.written_on >= earlier."on" THEN
                RAISE EXCEPTION 'Cannot replace gate %: its day has come, or it is decided', earlier.id
                    USING ERRCODE = 'restrict_violation';
            END IF;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM pilots_pilot WHERE id = OLD.pilot_id AND fixed_at IS NULL) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'Cannot delete gate %: the plan of its pilot is fixed', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.passed IS NOT NULL
       OR (NEW.pilot_id, NEW."on", NEW.criterion, NEW.measure_id, NEW.bound, NEW.written_on, NEW.written_by, NEW.replaces_id)
       IS DISTINCT FROM
       (OLD.pilot_id, OLD."on", OLD.criterion, OLD.measure_id, OLD.bound, OLD.written_on, OLD.written_by, OLD.replaces_id)
    THEN
        RAISE EXCEPTION 'Cannot change gate %: it stays as it was written', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION pilots_order_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.settled_at IS NULL AND NEW.settled_at IS NOT NULL AND EXISTS (
        SELECT FROM pilots_wave WHERE spread_id = NEW.id AND starts_on <= NEW.settled_at::date) THEN
        RAISE EXCEPTION 'Cannot settle the order of spread %: its first wave has begun', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.settled_at IS NOT NULL AND (NEW.version_id, NEW."order", NEW.seed, NEW.settled_at, NEW.settled_by)
        IS DISTINCT FROM (OLD.version_id, OLD."order", OLD.seed, OLD.settled_at, OLD.settled_by) THEN
        RAISE EXCEPTION 'Cannot change the order of spread %: it is settled', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION pilots_place_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_spread bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.spread_id ELSE OLD.spread_id END;
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'pilots_adoption' THEN
        IF (to_jsonb(NEW) - '{left_on,left_reason}'::text[]) IS NOT DISTINCT FROM (to_jsonb(OLD) - '{left_on,left_reason}'::text[]) THEN
            RETURN NEW;
        END IF;
    END IF;
    IF EXISTS (SELECT FROM pilots_spread WHERE id = of_spread AND settled_at IS NOT NULL) THEN
        RAISE EXCEPTION 'Cannot % row of %: the order of spread % is settled', lower(TG_OP), TG_TABLE_NAME, of_spread
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER pilots_weight_stays BEFORE UPDATE OR DELETE ON pilots_weight
    FOR EACH ROW EXECUTE FUNCTION pilots_row_stays();
CREATE TRIGGER pilots_version_stays BEFORE UPDATE OR DELETE ON pilots_playbookversion
    FOR EACH ROW EXECUTE FUNCTION pilots_row_stays();
CREATE TRIGGER pilots_check_stays BEFORE UPDATE OR DELETE ON pilots_fidelitycheck
    FOR EACH ROW EXECUTE FUNCTION pilots_row_stays();
CREATE TRIGGER pilots_reading_stays BEFORE UPDATE OR DELETE ON pilots_reading
    FOR EACH ROW EXECUTE FUNCTION pilots_reading_stays();
CREATE TRIGGER pilots_reading_fits BEFORE INSERT ON pilots_reading
    FOR EACH ROW EXECUTE FUNCTION pilots_reading_fits();
CREATE TRIGGER pilots_plan_stays BEFORE UPDATE ON pilots_pilot
    FOR EACH ROW EXECUTE FUNCTION pilots_plan_stays();
CREATE TRIGGER pilots_measure_stays BEFORE INSERT OR UPDATE OR DELETE ON pilots_measure
    FOR EACH ROW EXECUTE FUNCTION pilots_measure_stays();
CREATE TRIGGER pilots_gate_stays BEFORE INSERT OR UPDATE OR DELETE ON pilots_gate
    FOR EACH ROW EXECUTE FUNCTION pilots_gate_stays();
CREATE TRIGGER pilots_order_stays BEFORE UPDATE ON pilots_spread
    FOR EACH ROW EXECUTE FUNCTION pilots_order_stays();
CREATE TRIGGER pilots_wave_stays BEFORE INSERT OR UPDATE OR DELETE ON pilots_wave
    FOR EACH ROW EXECUTE FUNCTION pilots_place_stays();
CREATE TRIGGER pilots_adoption_stays BEFORE INSERT OR UPDATE OR DELETE ON pilots_adoption
    FOR EACH ROW EXECUTE FUNCTION pilots_place_stays();
"""

BACKWARD = """
DROP TRIGGER pilots_adoption_stays ON pilots_adoption;
DROP TRIGGER pilots_wave_stays ON pilots_wave;
DROP TRIGGER pilots_order_stays ON pilots_spread;
DROP TRIGGER pilots_gate_stays ON pilots_gate;
DROP TRIGGER pilots_measure_stays ON pilots_measure;
DROP TRIGGER pilots_plan_stays ON pilots_pilot;
DROP TRIGGER pilots_reading_fits ON pilots_reading;
DROP TRIGGER pilots_reading_stays ON pilots_reading;
DROP TRIGGER pilots_check_stays ON pilots_fidelitycheck;
DROP TRIGGER pilots_version_stays ON pilots_playbookversion;
DROP TRIGGER pilots_weight_stays ON pilots_weight;
DROP FUNCTION pilots_place_stays();
DROP FUNCTION pilots_order_stays();
DROP FUNCTION pilots_gate_stays();
DROP FUNCTION pilots_reading_stays();
DROP FUNCTION pilots_reading_fits();
DROP FUNCTION pilots_measure_stays();
DROP FUNCTION pilots_plan_stays();
DROP FUNCTION pilots_row_stays();
ALTER TABLE pilots_pilot DROP CONSTRAINT pilot_window_of_three_to_six_months;
"""


class Migration(migrations.Migration):
    dependencies = [("pilots", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
