-- Who registers an address claims it: any number of such rows may name one address, each with a password and a link of its own.
-- The first that is proven is the account; the links of the others are worth nothing from then on. Their rows stay for
-- K_REGISTRATION_DAYS, with their user names and passwords, so that nothing that a claim's maker can see tells of it.
ALTER TABLE users ADD COLUMN is_claim boolean NOT NULL DEFAULT false;
UPDATE users SET is_claim = true
WHERE status = 'pending' AND email_verified_at IS NULL AND registered_at IS NOT NULL;
DROP INDEX users_email_live;
CREATE UNIQUE INDEX users_email_live ON users (email) WHERE deleted_at IS NULL AND NOT is_claim;
CREATE INDEX users_claims ON users (email, created_at DESC, id DESC) WHERE is_claim AND deleted_at IS NULL;

-- A proof, however it comes about, makes an account of a claim.
CREATE FUNCTION end_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.is_claim := NEW.email_verified_at IS NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER users_claim_proven BEFORE UPDATE OF email_verified_at ON users FOR EACH ROW WHEN (OLD.is_claim)
  EXECUTE FUNCTION end_claim();

-- An account that has the address, however it came to it.
CREATE FUNCTION void_claims() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE one_time_tokens t SET consumed_at = NEW.updated_at FROM users u
  WHERE u.email = NEW.email AND u.is_claim AND u.deleted_at IS NULL AND t.user_id = u.id AND t.consumed_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER users_address_taken AFTER INSERT OR UPDATE OF email, email_verified_at ON users FOR EACH ROW
  WHEN (NEW.email IS NOT NULL AND NOT NEW.is_claim AND NEW.deleted_at IS NULL) EXECUTE FUNCTION void_claims();

-- A claim of an address keeps nobody from being imported.
DO $$
DECLARE
  definition text := pg_get_functiondef('users_import(uuid, boolean, uuid, jsonb, text, timestamptz, jsonb)'::regprocedure);
  without_claims text := regexp_replace(definition, 'FROM users WHERE deleted_at IS NULL\s+AND \(email', 'FROM users WHERE deleted_at IS NULL AND NOT is_claim
        AND (email');
BEGIN
  IF without_claims = definition THEN
    RAISE EXCEPTION 'users_import() is not as this migration expects it';
  END IF;
  EXECUTE without_claims;
END $$;
