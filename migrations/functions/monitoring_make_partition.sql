-- Makes the partition of a day and moves rows of the default partition into it; false when it was there. Runs as the owner of the tables.
CREATE OR REPLACE FUNCTION monitoring_make_partition(parent text, time_column text, day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  child text := parent || '_' || to_char(day, 'YYYYMMDD');
  first_time text := to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00';
  end_time text := to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00';
BEGIN
  PERFORM monitoring_check_parent(parent, time_column);
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
REVOKE EXECUTE ON FUNCTION monitoring_make_partition(text,text,date) FROM PUBLIC;
