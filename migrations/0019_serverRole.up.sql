-- The servers get a role of their own, which owns nothing: it reads and writes rows, and of the audit trail it may append events only.
-- What else they need of the owner's rights they have through the functions below, which run as the owner of the tables.

ALTER FUNCTION audit_chain_pending(integer) SECURITY DEFINER SET search_path = public, pg_temp;
ALTER FUNCTION audit_retain(timestamptz, integer) SECURITY DEFINER SET search_path = public, pg_temp;

-- The tables that are divided by days, with the column that says which; a further one belongs here.
CREATE FUNCTION monitoring_check_parent(parent text, time_column text) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF (parent, coalesce(time_column, '')) NOT IN (
    ('metric_snapshot', 'timestamp'), ('metric_rollup_minute', 'bucket_start'), ('rate_limit_violation', 'timestamp'),
    ('system_log', 'timestamp'), ('system_health_snapshot', 'at'), ('suspicious_activity', 'timestamp')
  ) THEN
    RAISE EXCEPTION '% is not divided by days of %', parent, time_column USING ERRCODE = 'invalid_parameter_value';
  END IF;
END $$;

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

DROP FUNCTION monitoring_drop_partitions(text, date);
CREATE FUNCTION monitoring_drop_partitions(parent text, time_column text, day date) RETURNS SETOF text
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

-- Block ranges of raw rows that the indexes do not tell apart yet: only a table's owner may summarize them.
CREATE FUNCTION monitoring_summarize() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(sum(brin_summarize_new_values(i.indexrelid)), 0)::bigint FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_inherits h ON h.inhrelid = i.indrelid JOIN pg_am a ON a.oid = c.relam
  WHERE h.inhparent = 'metric_snapshot'::regclass AND a.amname = 'brin'
$$;

-- What a role that servers connect as may do, also with tables that are made later. `kctl migrate up` calls it.
CREATE FUNCTION grant_to_servers(servers name) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  item text;
BEGIN
  EXECUTE format('REVOKE CREATE ON SCHEMA public FROM PUBLIC, %I', servers);
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', servers);
  FOR item IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
    AND pg_has_role(relowner, 'USAGE')
  LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %s TO %I', item, servers);
  END LOOP;
  FOR item IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
    AND pg_has_role(relowner, 'USAGE')
  LOOP
    EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO %I', item, servers);
  END LOOP;
  FOR item IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
    AND pg_has_role(proowner, 'USAGE')
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', item, servers);
  END LOOP;
  EXECUTE format('REVOKE UPDATE, DELETE ON audit_pending FROM %I', servers);
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON audit_log, audit_chain FROM %I', servers);
  IF to_regclass('schema_migration') IS NOT NULL THEN
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON schema_migration FROM %I', servers);
  END IF;
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', servers);
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO %I', servers);
END $$;

REVOKE EXECUTE ON FUNCTION grant_to_servers(name), audit_chain_pending(integer), audit_retain(timestamptz, integer),
  monitoring_make_partition(text, text, date), monitoring_drop_partitions(text, text, date), monitoring_summarize() FROM PUBLIC;
