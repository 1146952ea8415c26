-- When somebody registered; NULL: an administrator made the account, or it was there from the beginning. What nobody confirms
-- goes again (K_REGISTRATION_DAYS).
ALTER TABLE users ADD COLUMN registered_at timestamptz;
UPDATE users SET registered_at = created_at WHERE status = 'pending' AND email_verified_at IS NULL AND external_id IS NULL
  AND EXISTS (SELECT FROM one_time_tokens t WHERE t.user_id = users.id AND t.purpose = 'verify_email')
  AND NOT EXISTS (SELECT FROM one_time_tokens t WHERE t.user_id = users.id AND t.purpose <> 'verify_email')
  AND NOT EXISTS (SELECT FROM user_roles g WHERE g.user_id = users.id AND g.granted_by IS NOT NULL);
CREATE INDEX users_unconfirmed ON users (registered_at) WHERE status = 'pending';

-- A request that a page of another site may have made a visitor's browser send: it bans nobody.
ALTER TABLE metric_snapshot ADD COLUMN cross_site boolean NOT NULL DEFAULT false;
