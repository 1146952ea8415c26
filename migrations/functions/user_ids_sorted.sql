-- Ids of the rows of a query in an order, found by bitmap scans and sorted, not by an index of that order. JIT compilation and starting
-- parallel workers would take longer than the search.
CREATE OR REPLACE FUNCTION user_ids_sorted(query text, filters jsonb, most integer) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SET enable_indexscan = off SET enable_indexonlyscan = off SET max_parallel_workers_per_gather = 0 SET jit = off AS $$
BEGIN
  RETURN QUERY EXECUTE query USING filters, most;
END $$;
