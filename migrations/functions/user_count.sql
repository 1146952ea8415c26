-- How many accounts the filters choose: exactly, or as the planner estimates.
CREATE OR REPLACE FUNCTION user_count(filters jsonb, exactly boolean) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  plan json;
  counted bigint;
BEGIN
  IF exactly THEN
    EXECUTE 'SELECT count(*) FROM users u WHERE ' || user_conditions(filters) INTO counted USING user_filters(filters);
  ELSE
    EXECUTE 'EXPLAIN (FORMAT JSON) SELECT FROM users u WHERE ' || user_conditions(filters) INTO plan USING user_filters(filters);
    counted := (plan->0->'Plan'->>'Plan Rows')::bigint;
  END IF;
  RETURN counted;
END $$;
