DROP FUNCTION user_ids_sorted(text, jsonb, integer);
DROP FUNCTION user_place(text, uuid);
DROP INDEX users_search, users_by_email;
ALTER TABLE users DROP COLUMN search_text;
CREATE INDEX users_search ON users USING gin (user_search_text(email, username, display_name) gin_trgm_ops);
CREATE INDEX users_by_email ON users ((coalesce(lower(email::text), '') COLLATE "C"), id);
CREATE OR REPLACE FUNCTION user_conditions(filters jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT concat_ws(' AND ',
    CASE filters->>'status'
      WHEN 'suspended' THEN $c$u.status = 'suspended' AND (u.suspended_until IS NULL OR u.suspended_until > now())$c$
      WHEN 'active' THEN $c$(u.status = 'active' OR u.status = 'suspended' AND u.suspended_until <= now())$c$
      WHEN 'pending' THEN $c$u.status = 'pending'$c$
      WHEN 'deleted' THEN $c$u.status = 'deleted'$c$
      ELSE $c$u.status <> 'deleted'$c$ END,
    CASE WHEN filters ? 'substring' THEN $c$user_search_text(u.email, u.username, u.display_name) LIKE lower($1->>'substring')$c$ END,
    CASE WHEN filters ? 'prefix' THEN $c$(coalesce(lower(u.email::text), '') COLLATE "C") LIKE lower($1->>'prefix')$c$ END,
    CASE WHEN filters ? 'role' THEN $c$u.id IN (SELECT g.user_id FROM user_roles g WHERE g.role_id = ($1->>'role_id')::uuid
      AND (g.expires_at IS NULL OR g.expires_at > now()))$c$ END,
    CASE filters->>'mfa' WHEN 'true' THEN $c$u.id IN (SELECT f.user_id FROM mfa_factors f WHERE f.status = 'active')$c$
      WHEN 'false' THEN $c$NOT EXISTS (SELECT FROM mfa_factors f WHERE f.user_id = u.id AND f.status = 'active')$c$ END,
    CASE WHEN filters ? 'created_after' THEN $c$u.created_at >= ($1->>'created_after')::timestamptz$c$ END,
    CASE WHEN filters ? 'created_before' THEN $c$u.created_at < ($1->>'created_before')::timestamptz$c$ END,
    CASE WHEN filters ? 'last_login_before' THEN
      $c$coalesce(u.last_login_at, 'epoch'::timestamptz) < ($1->>'last_login_before')::timestamptz$c$ END)
$$;
CREATE OR REPLACE FUNCTION user_search(filters jsonb, sort text, most integer) RETURNS TABLE (user_id uuid)
LANGUAGE plpgsql STABLE SET jit = off AS $$
DECLARE
  direction text := CASE WHEN sort LIKE '-%' THEN 'DESC' ELSE 'ASC' END;
  key text := CASE ltrim(sort, '-') WHEN 'created_at' THEN 'u.created_at'
                                    WHEN 'email' THEN $c$coalesce(lower(u.email::text), '') COLLATE "C"$c$
                                    ELSE $c$coalesce(u.last_login_at, 'epoch'::timestamptz)$c$ END;
  after_row text := CASE WHEN filters ? 'after_id' THEN format('(%s, u.id) %s (%s, ($1->>''after_id'')::uuid)', key,
    CASE direction WHEN 'DESC' THEN '<' ELSE '>' END,
    CASE ltrim(sort, '-') WHEN 'email' THEN '$1->>''after_key''' ELSE '($1->>''after_key'')::timestamptz' END) ELSE 'true' END;
  -- Of the filters, those by the very thing that is sorted by.
  bound text := concat_ws(' AND ', after_row, (SELECT string_agg(one.condition, ' AND ') FROM (VALUES
    ('created_at', 'created_after', $c$u.created_at >= ($1->>'created_after')::timestamptz$c$),
    ('created_at', 'created_before', $c$u.created_at < ($1->>'created_before')::timestamptz$c$),
    ('email', 'prefix', $c$(coalesce(lower(u.email::text), '') COLLATE "C") LIKE lower($1->>'prefix')$c$),
    ('last_login_at', 'last_login_before', $c$coalesce(u.last_login_at, 'epoch'::timestamptz) < ($1->>'last_login_before')::timestamptz$c$))
    AS one (sorted, filter, condition) WHERE one.sorted = ltrim(sort, '-') AND filters ? one.filter));
BEGIN
  RETURN QUERY EXECUTE format($q$
    WITH near AS MATERIALIZED (
      SELECT u.id, u.key FROM (SELECT u.*, %1$s AS key FROM users u WHERE %2$s ORDER BY %1$s %3$s, u.id %3$s LIMIT 5000) u
      WHERE %4$s ORDER BY u.key %3$s, u.id %3$s LIMIT $2
    ), far AS MATERIALIZED (
      SELECT u.id, %1$s AS key FROM users u WHERE %2$s AND %4$s AND (SELECT count(*) FROM near) < $2
    )
    SELECT id FROM (SELECT * FROM near WHERE (SELECT count(*) FROM near) >= $2 UNION ALL SELECT * FROM far) found
    ORDER BY key %3$s, id %3$s LIMIT $2$q$, key, bound, direction, user_conditions(filters))
  USING user_filters(filters), most;
END $$;
