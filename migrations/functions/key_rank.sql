-- With which rank a machine's key acts while it stands: its maker's, that of one which the operator made a superadmin's. -1: its
-- maker is no more.
CREATE OR REPLACE FUNCTION key_rank(makers uuid[], at timestamptz) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN maker.person IS NULL THEN highest.rank
              WHEN EXISTS (SELECT FROM users WHERE id = maker.person) THEN least(highest.rank, user_rank(maker.person, at))
              ELSE -1 END
  FROM (SELECT r.rank FROM roles r WHERE r.name = 'superadmin') highest
  LEFT JOIN (SELECT m AS person FROM unnest(makers) m WHERE NOT EXISTS (SELECT FROM api_keys k WHERE k.id = m)) maker ON true
$$;
