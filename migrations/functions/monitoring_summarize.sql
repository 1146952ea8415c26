-- Summarizes the block ranges of raw rows that the BRIN indexes do not cover yet; only a table's owner may. Returns how many.
CREATE OR REPLACE FUNCTION monitoring_summarize() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(sum(brin_summarize_new_values(i.indexrelid)), 0)::bigint FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_inherits h ON h.inhrelid = i.indrelid JOIN pg_am a ON a.oid = c.relam
  WHERE h.inhparent = 'metric_snapshot'::regclass AND a.amname = 'brin'
$$;
REVOKE EXECUTE ON FUNCTION monitoring_summarize() FROM PUBLIC;
