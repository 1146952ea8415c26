DROP FUNCTION monitoring_drop_partitions(text, date);
DROP FUNCTION monitoring_make_partition(text, text, date);
DROP TABLE violation_drain;
DROP TABLE rate_limit_violation;
DROP TABLE metric_rollup_hour;
DROP TABLE metric_rollup_minute;
DROP TABLE metric_snapshot;
DROP TABLE log_bad_line;
DROP TABLE log_file;
