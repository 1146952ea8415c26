-- What a key may now. Its line is the key itself, the key that made it, and so on up to a person (the owner of a user's key) or,
-- where there is none, the operator. `standing`: every key above is live and the person is an active account. `permissions`: the scopes that every key of
-- the line has and the person may. `networks`: of each key above that is bound to some, those, with commas. `makers`: on whom it
-- depends.
CREATE OR REPLACE FUNCTION api_key_limits(key uuid, at timestamptz, OUT standing boolean, OUT permissions text[], OUT networks text[],
                               OUT good_until timestamptz, OUT makers uuid[]) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE line AS (
    SELECT k.id, k.scopes, k.allowed_cidrs, k.expires_at, coalesce(k.owner_user_id, k.created_by) AS created_by, true AS live
    FROM api_keys k WHERE k.id = key
    UNION
    SELECT p.id, p.scopes, p.allowed_cidrs, p.expires_at, p.created_by, p.revoked_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > at)
    FROM line JOIN api_keys p ON p.id = line.created_by
  ), top AS (
    SELECT created_by AS person FROM line WHERE NOT EXISTS (SELECT FROM api_keys p WHERE p.id = line.created_by)
  )
  SELECT (SELECT bool_and(live) FROM line)
           AND (top.person IS NULL OR EXISTS (SELECT FROM users u WHERE u.id = top.person AND account_is_active(u, at))),
         ARRAY(SELECT scope FROM line, unnest(line.scopes) scope WHERE line.id = key
                 AND NOT EXISTS (SELECT FROM line above WHERE NOT scope = ANY(above.scopes))
                 AND (top.person IS NULL OR user_may(top.person, scope, at))
               ORDER BY scope COLLATE "C"),
         ARRAY(SELECT array_to_string(line.allowed_cidrs::text[], ',') FROM line WHERE line.id <> key AND cardinality(line.allowed_cidrs) > 0),
         (SELECT min(line.expires_at) FROM line),
         ARRAY(SELECT line.id FROM line WHERE line.id <> key UNION ALL SELECT top.person WHERE top.person IS NOT NULL)
  FROM top
$$;
