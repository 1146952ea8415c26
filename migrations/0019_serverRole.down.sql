DROP FUNCTION grant_to_servers(name);
DROP FUNCTION monitoring_summarize();
DROP FUNCTION monitoring_drop_partitions(text, text, date);
CREATE FUNCTION monitoring_drop_partitions(parent text, day date) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
  child text;
BEGIN
  FOR child IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass(parent) AND c.relname ~ ('^' || parent || '_[0-9]{8}$')
      AND right(c.relname, 8) < to_char(day, 'YYYYMMDD')
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE %I', child);
    RETURN NEXT child;
  END LOOP;
END $$;
CREATE OR REPLACE FUNCTION monitoring_make_partition(parent text, time_column text, day date) RETURNS boolean
LANGUAGE plpgsql SECURITY INVOKER AS $$
DECLARE
  child text := parent || '_' || to_char(day, 'YYYYMMDD');
  first_time text := to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00';
  end_time text := to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00';
BEGIN
  IF to_regclass(child) IS NOT NULL THEN
    RETURN false;
  END IF;
  -- Only one session makes it; the others find it made.
  PERFORM pg_advisory_xact_lock(hashtextextended('monitoring_make_partition', 0));
  IF to_regclass(child) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('LOCK TABLE %I IN SHARE ROW EXCLUSIVE MODE', parent);
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING STORAGE)', child, parent);
  EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
                 parent || '_default', time_column, first_time, time_column, end_time, child);
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, first_time, end_time);
  RETURN true;
END $$;
DROP FUNCTION monitoring_check_parent(text, text);
ALTER FUNCTION audit_retain(timestamptz, integer) SECURITY INVOKER RESET search_path;
ALTER FUNCTION audit_chain_pending(integer) SECURITY INVOKER RESET search_path;
GRANT EXECUTE ON FUNCTION audit_chain_pending(integer), audit_retain(timestamptz, integer), monitoring_make_partition(text, text, date)
  TO PUBLIC;
