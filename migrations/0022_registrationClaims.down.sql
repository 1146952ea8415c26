DO $$
BEGIN
  EXECUTE replace(pg_get_functiondef('users_import(uuid, boolean, uuid, jsonb, text, timestamptz, jsonb)'::regprocedure),
                  'deleted_at IS NULL AND NOT is_claim', 'deleted_at IS NULL');
END $$;
DROP TRIGGER users_address_taken ON users;
DROP TRIGGER users_claim_proven ON users;
DROP FUNCTION void_claims();
DROP FUNCTION end_claim();
-- Of each address one row stays: the account, else the newest claim.
DELETE FROM users u WHERE is_claim AND EXISTS (SELECT FROM users other WHERE other.email = u.email AND other.deleted_at IS NULL AND other.id <> u.id
  AND (NOT other.is_claim OR (other.created_at, other.id) > (u.created_at, u.id)));
DROP INDEX users_claims;
DROP INDEX users_email_live;
CREATE UNIQUE INDEX users_email_live ON users (email) WHERE deleted_at IS NULL;
ALTER TABLE users DROP COLUMN is_claim;
