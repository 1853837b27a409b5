"""The database itself refuses to change or delete a line or a seal.

An emptied table (TRUNCATE) is refused too, except in a database whose name begins with `test_`: the test runner
empties its tables that way. The refusal is a help against mistakes; against somebody who owns the tables the seals
and the remembered head stand (decision 0005).
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION ledger_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.seal_id IS NULL AND NEW.seal_id IS NOT NULL
       AND (OLD.id, OLD.key, OLD.at, OLD.actor, OLD.act, OLD.thing, OLD.about, OLD.mark)
         IS NOT DISTINCT FROM (NEW.id, NEW.key, NEW.at, NEW.actor, NEW.act, NEW.thing, NEW.about, NEW.mark) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Cannot % line % of the ledger (% of % by %): what is written stays as it is',
        lower(TG_OP), OLD.id, OLD.act, OLD.thing, OLD.actor USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION ledger_seal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Cannot % seal % of the ledger: what is sealed stays as it is',
        lower(TG_OP), OLD.number USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION ledger_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF starts_with(current_database(), 'test_') AND current_setting('lantoa.as_installed', true) IS DISTINCT FROM 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'Cannot empty % of the ledger: what is written stays as it is',
        TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER ledger_line_stays BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_line_stays();
CREATE TRIGGER ledger_seal_stays BEFORE UPDATE OR DELETE ON ledger_seal
    FOR EACH ROW EXECUTE FUNCTION ledger_seal_stays();
CREATE TRIGGER ledger_is_not_emptied BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_not_emptied();
CREATE TRIGGER ledger_is_not_emptied BEFORE TRUNCATE ON ledger_seal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_not_emptied();
"""

BACKWARD = """
DROP TRIGGER ledger_is_not_emptied ON ledger_seal;
DROP TRIGGER ledger_is_not_emptied ON ledger_entry;
DROP TRIGGER ledger_seal_stays ON ledger_seal;
DROP TRIGGER ledger_line_stays ON ledger_entry;
DROP FUNCTION ledger_is_not_emptied();
DROP FUNCTION ledger_seal_stays();
DROP FUNCTION ledger_line_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
