-- Why `actor` (NULL: the operator) may not act on a machine's key: it takes a higher rank than the key's, or to have made it, or what
-- made it; a key may act on itself. A user's own key is its owner's.
CREATE OR REPLACE FUNCTION key_refusal(key uuid, actor uuid, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN actor IS NULL OR actor = k.id OR k.owner_user_id IS NOT NULL OR actor = ANY(above.makers) THEN NULL
              WHEN (administration_rights(actor, false, at)).rank > key_rank(above.makers, at) THEN NULL
              ELSE 'RANK_TOO_LOW' END
  FROM api_keys k CROSS JOIN api_key_limits(k.id, at) above WHERE k.id = key
$$;
