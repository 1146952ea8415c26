-- After an administrator moved an address: tells the old one and lets it undo the change. `account` is as it was before. Who never
-- confirmed his address has no claim to it and is not told.
CREATE OR REPLACE FUNCTION user_moved(account users, change jsonb, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE users SET pending_email = NULL WHERE id = account.id;
  UPDATE email_changes SET state = 'cancelled' WHERE user_id = account.id AND state = 'open';
  IF account.email_verified_at IS NOT NULL THEN
    INSERT INTO email_changes (id, user_id, old_email, new_email, confirm_hash, confirm_expires_at, undo_hash, undo_expires_at, state, created_at)
    SELECT u.id, account.id, account.email, change->>'email', sha256(decode(u.hash, 'hex')), at, decode(u.hash, 'hex'), u.expires, 'confirmed', at
    FROM jsonb_to_record(change->'undo') AS u (id uuid, hash text, expires timestamptz);
    PERFORM user_mail(change->'mail', at);
  END IF;
END $$;
