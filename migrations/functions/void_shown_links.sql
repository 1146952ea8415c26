-- Voids the links of these accounts that an administrator was shown: such a link opens the account to him, so it ends as soon as the
-- account may do more than it could when he got it.
CREATE OR REPLACE FUNCTION void_shown_links(accounts uuid[], at timestamptz) RETURNS void LANGUAGE sql AS $$
  UPDATE one_time_tokens SET consumed_at = at WHERE user_id = ANY(accounts) AND shown AND consumed_at IS NULL
$$;
