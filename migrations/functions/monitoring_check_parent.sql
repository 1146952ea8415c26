-- Raises an error for a table that is not divided by days, or a wrong column. A new partitioned table is added here.
CREATE OR REPLACE FUNCTION monitoring_check_parent(parent text, time_column text) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF (parent, coalesce(time_column, '')) NOT IN (
    ('metric_snapshot', 'timestamp'), ('metric_rollup_minute', 'bucket_start'), ('rate_limit_violation', 'timestamp'),
    ('system_log', 'timestamp'), ('system_health_snapshot', 'at'), ('suspicious_activity', 'timestamp')
  ) THEN
    RAISE EXCEPTION '% is not divided by days of %', parent, time_column USING ERRCODE = 'invalid_parameter_value';
  END IF;
END $$;
