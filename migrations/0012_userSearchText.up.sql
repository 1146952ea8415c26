-- What administrators search accounts by, kept in the row: made anew for every candidate of a search it took most of the time. Its
-- first line is the address, so that its order is that of the addresses.
ALTER TABLE users ADD COLUMN search_text text COLLATE "C" NOT NULL
  GENERATED ALWAYS AS (user_search_text(email, username, display_name)) STORED;
DROP INDEX users_search, users_by_email;
CREATE INDEX users_search ON users USING gin (search_text gin_trgm_ops);
CREATE INDEX users_by_email ON users (search_text, id);

-- The WHERE clause for the filters in $1 (a jsonb object; what is absent does not select) over `users u`. The clause names the
-- members of $1, it never contains them.
CREATE OR REPLACE FUNCTION user_conditions(filters jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT concat_ws(' AND ',
    CASE filters->>'status'
      WHEN 'suspended' THEN $c$u.status = 'suspended' AND (u.suspended_until IS NULL OR u.suspended_until > now())$c$
      WHEN 'active' THEN $c$(u.status = 'active' OR u.status = 'suspended' AND u.suspended_until <= now())$c$
      WHEN 'pending' THEN $c$u.status = 'pending'$c$
      WHEN 'deleted' THEN $c$u.status = 'deleted'$c$
      ELSE $c$u.status <> 'deleted'$c$ END,
    CASE WHEN filters ? 'substring' THEN $c$u.search_text LIKE lower($1->>'substring')$c$ END,
    CASE WHEN filters ? 'prefix' THEN $c$u.search_text LIKE lower($1->>'prefix')$c$ END,
    CASE WHEN filters ? 'role' THEN $c$u.id IN (SELECT g.user_id FROM user_roles g WHERE g.role_id = ($1->>'role_id')::uuid
      AND (g.expires_at IS NULL OR g.expires_at > now()))$c$ END,
    CASE filters->>'mfa' WHEN 'true' THEN $c$u.id IN (SELECT f.user_id FROM mfa_factors f WHERE f.status = 'active')$c$
      WHEN 'false' THEN $c$NOT EXISTS (SELECT FROM mfa_factors f WHERE f.user_id = u.id AND f.status = 'active')$c$ END,
    CASE WHEN filters ? 'created_after' THEN $c$u.created_at >= ($1->>'created_after')::timestamptz$c$ END,
    CASE WHEN filters ? 'created_before' THEN $c$u.created_at < ($1->>'created_before')::timestamptz$c$ END,
    CASE WHEN filters ? 'last_login_before' THEN
      $c$coalesce(u.last_login_at, 'epoch'::timestamptz) < ($1->>'last_login_before')::timestamptz$c$ END)
$$;

-- The place of an account in the order of the addresses, also when it has another address meanwhile or is gone.
CREATE FUNCTION user_place(address text, account uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT u.search_text FROM users u WHERE u.id = account AND coalesce(lower(u.email::text), '') = lower(address)),
                  lower(address) || E'\n')
$$;

-- Ids of the rows that a query gives in an order, found by bitmaps and sorted: by no index of that order. JIT compilation and
-- starting parallel workers would take longer than the search.
CREATE FUNCTION user_ids_sorted(query text, filters jsonb, most integer) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SET enable_indexscan = off SET enable_indexonlyscan = off SET max_parallel_workers_per_gather = 0 SET jit = off AS $$
BEGIN
  RETURN QUERY EXECUTE query USING filters, most;
END $$;

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
