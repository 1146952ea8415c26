-- What ends an account's access, in one place: sessions, keys, and everything that would still open the account.

-- false: the key was ended together with the account's sessions, and its owner is yet to be told.
ALTER TABLE api_keys ADD COLUMN owner_told boolean NOT NULL DEFAULT true;
CREATE INDEX api_keys_untold ON api_keys (owner_user_id) WHERE NOT owner_told;

-- Voids what whoever held the account before may still hold: links, a claim of another address, sign-ins that wait for their code,
-- a factor that waits for its first one. The links that undo a change of the address stay: they are the owner's way back. `spared` is
-- the link that the very change sends.
CREATE FUNCTION void_pending(account uuid, spared uuid, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE one_time_tokens t SET consumed_at = at WHERE t.user_id = account AND t.consumed_at IS NULL AND t.id IS DISTINCT FROM spared;
  UPDATE email_changes c SET state = 'cancelled' WHERE c.user_id = account AND c.state = 'open';
  UPDATE users u SET pending_email = NULL WHERE u.id = account AND u.pending_email IS NOT NULL;
  DELETE FROM mfa_challenges c WHERE c.user_id = account;
  DELETE FROM mfa_factors f WHERE f.user_id = account AND f.status = 'pending';
END $$;

-- Ends the sessions of an account but `spared`, those in which it acts as another user, and, unless they are kept, its own keys. A
-- function of its own, because its UPDATE sees what was committed until it begins: also the session of a sign-in that held the user's
-- row while the calling statement waited for it. `at` with the same reason is a call repeated.
DROP FUNCTION end_user_sessions(uuid, uuid, text, timestamptz);
CREATE FUNCTION end_access(account uuid, spared uuid, keep_keys boolean, reason text, at timestamptz) RETURNS SETOF uuid
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT keep_keys THEN
    UPDATE api_keys k SET revoked_at = at, owner_told = false
    WHERE k.owner_user_id = account AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > at);
  END IF;
  RETURN QUERY UPDATE sessions s SET revoked_at = at, revoke_reason = reason
    WHERE (s.user_id = account OR s.impersonator_id = account) AND s.id IS DISTINCT FROM spared
      AND ((s.revoked_at IS NULL AND s.idle_expires_at > at AND s.absolute_expires_at > at)
           OR (s.revoked_at = at AND s.revoke_reason = reason))
    RETURNING s.id;
END $$;

-- Both, after a credential of the account was changed.
CREATE FUNCTION credential_changed(account uuid, spared uuid, spared_link uuid, keep_keys boolean, reason text, at timestamptz)
RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
  PERFORM void_pending(account, spared_link, at);
  RETURN QUERY SELECT end_access(account, spared, keep_keys, reason, at);
END $$;

-- What an administrator ends: one of the account's sessions, or all access. Other roles are no other credential, and a key may what
-- its owner may at the time of its use.
CREATE OR REPLACE FUNCTION user_end_sessions(who uuid, only_one uuid, why text, at timestamptz) RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
  ended uuid[];
BEGIN
  IF only_one IS NOT NULL THEN
    WITH gone AS (
      UPDATE sessions s SET revoked_at = at, revoke_reason = why
      WHERE s.user_id = who AND s.id = only_one
        AND ((s.revoked_at IS NULL AND s.idle_expires_at > at AND s.absolute_expires_at > at)
             OR (s.revoked_at = at AND s.revoke_reason = why))
      RETURNING s.id)
    SELECT array_agg(id) INTO ended FROM gone;
  ELSIF why IN ('roles_changed', 'revoked_by_administrator') THEN
    SELECT array_agg(id) INTO ended FROM end_access(who, NULL, why = 'roles_changed', why, at) id;
  ELSE
    SELECT array_agg(id) INTO ended FROM credential_changed(who, NULL, NULL, false, why, at) id;
  END IF;
  RETURN coalesce(ended, '{}');
END $$;

-- Whether the account is active and one of its roles in force has the permission.
CREATE FUNCTION user_may(who uuid, wanted text, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM users u JOIN user_roles g ON g.user_id = u.id JOIN role_permissions p ON p.role_id = g.role_id
    WHERE u.id = who AND p.permission = wanted AND (g.expires_at IS NULL OR g.expires_at > at)
      AND (u.status = 'active' OR u.status = 'suspended' AND u.suspended_until <= at AND u.email_verified_at IS NOT NULL))
$$;

-- What a key may now. Its line is the key itself, the key that made it, and so on up to a person (the owner of a user's key) or,
-- where there is none, the operator. `standing`: every key above is live and the person is an active account. `permissions`: the scopes that every key of
-- the line has and the person may. `networks`: of each key above that is bound to some, those, with commas. `makers`: on whom it
-- depends.
CREATE FUNCTION api_key_limits(key uuid, at timestamptz, OUT standing boolean, OUT permissions text[], OUT networks text[],
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
           AND (top.person IS NULL OR EXISTS (SELECT FROM users u WHERE u.id = top.person AND
             (u.status = 'active' OR u.status = 'suspended' AND u.suspended_until <= at AND u.email_verified_at IS NOT NULL))),
         ARRAY(SELECT scope FROM line, unnest(line.scopes) scope WHERE line.id = key
                 AND NOT EXISTS (SELECT FROM line above WHERE NOT scope = ANY(above.scopes))
                 AND (top.person IS NULL OR user_may(top.person, scope, at))
               ORDER BY scope COLLATE "C"),
         ARRAY(SELECT array_to_string(line.allowed_cidrs::text[], ',') FROM line WHERE line.id <> key AND cardinality(line.allowed_cidrs) > 0),
         (SELECT min(line.expires_at) FROM line),
         ARRAY(SELECT line.id FROM line WHERE line.id <> key UNION ALL SELECT top.person WHERE top.person IS NOT NULL)
  FROM top
$$;

-- Whether these limits lie within those of the key `maker`; of whoever is no key, they do.
CREATE FUNCTION api_key_within(maker uuid, networks cidr[], expires timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (SELECT FROM api_keys m WHERE m.id = maker AND (
    (m.expires_at IS NOT NULL AND (expires IS NULL OR expires > m.expires_at))
    OR (cardinality(m.allowed_cidrs) > 0 AND (cardinality(networks) = 0
        OR EXISTS (SELECT FROM unnest(networks) n WHERE NOT EXISTS (SELECT FROM unnest(m.allowed_cidrs) c WHERE n <<= c))))))
$$;
