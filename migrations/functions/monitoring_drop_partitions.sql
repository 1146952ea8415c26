-- Drops the partitions of whole days before `day`; returns their names. Runs as the owner of the tables.
CREATE OR REPLACE FUNCTION monitoring_drop_partitions(parent text, time_column text, day date) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  child text;
BEGIN
  PERFORM monitoring_check_parent(parent, time_column);
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
REVOKE EXECUTE ON FUNCTION monitoring_drop_partitions(text,text,date) FROM PUBLIC;
