-- A page of ids in the order of `sort` (created_at, email, last_login_at; '-' before it: descending), after the row that
-- filters->>'after_key' and 'after_id' name. The nearest rows in that order are looked through first: what many rows match is
-- found there. What few rows match is found by its own index and sorted. Either is quick; the planner cannot know which it is.
CREATE OR REPLACE FUNCTION user_search(filters jsonb, sort text, most integer) RETURNS TABLE (user_id uuid)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  ids uuid[];
  direction text := CASE WHEN sort LIKE '-%' THEN 'DESC' ELSE 'ASC' END;
  key text := CASE ltrim(sort, '-') WHEN 'created_at' THEN 'u.created_at'
                                    WHEN 'email' THEN 'u.search_text'
                                    ELSE $c$coalesce(u.last_login_at, 'epoch'::timestamptz)$c$ END;
  after_row text := CASE WHEN filters ? 'after_id' THEN format('(%s, u.id) %s (%s, ($1->>''after_id'')::uuid)', key,
    CASE direction WHEN 'DESC' THEN '<' ELSE '>' END,
    CASE ltrim(sort, '-') WHEN 'email' THEN 'user_place($1->>''after_key'', ($1->>''after_id'')::uuid)' ELSE '($1->>''after_key'')::timestamptz' END) ELSE 'true' END;
  -- Of the filters, those by the very thing that is sorted by.
  bound text := concat_ws(' AND ', after_row, (SELECT string_agg(one.condition, ' AND ') FROM (VALUES
    ('created_at', 'created_after', $c$u.created_at >= ($1->>'created_after')::timestamptz$c$),
    ('created_at', 'created_before', $c$u.created_at < ($1->>'created_before')::timestamptz$c$),
    ('email', 'prefix', $c$u.search_text LIKE lower($1->>'prefix')$c$),
    ('last_login_at', 'last_login_before', $c$coalesce(u.last_login_at, 'epoch'::timestamptz) < ($1->>'last_login_before')::timestamptz$c$))
    AS one (sorted, filter, condition) WHERE one.sorted = ltrim(sort, '-') AND filters ? one.filter));
BEGIN
  EXECUTE format($q$
    SELECT array_agg(page.id ORDER BY page.key %3$s, page.id %3$s) FROM (
      SELECT u.id, u.key FROM (SELECT u.*, %1$s AS key FROM users u WHERE %2$s ORDER BY %1$s %3$s, u.id %3$s LIMIT greatest(1000, 10 * $2)) u
      WHERE %4$s ORDER BY u.key %3$s, u.id %3$s LIMIT $2) page$q$, key, bound, direction, user_conditions(filters))
  INTO ids USING user_filters(filters), most;
  IF cardinality(ids) = most THEN
    RETURN QUERY SELECT unnest(ids);
  ELSE
    RETURN QUERY SELECT user_ids_sorted(format('SELECT u.id FROM users u WHERE %2$s AND %4$s ORDER BY %1$s %3$s, u.id %3$s LIMIT $2',
      key, bound, direction, user_conditions(filters)), user_filters(filters), most);
  END IF;
END $$;
