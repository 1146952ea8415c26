-- Trigger: voids the links of all claims of an address that an account has got, however it got it.
CREATE OR REPLACE FUNCTION void_claims() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE one_time_tokens t SET consumed_at = NEW.updated_at FROM users u
  WHERE u.email = NEW.email AND u.is_claim AND u.deleted_at IS NULL AND t.user_id = u.id AND t.consumed_at IS NULL;
  RETURN NULL;
END $$;
