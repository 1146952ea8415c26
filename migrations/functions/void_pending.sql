-- Voids what whoever held the account before may still hold: links, a claim of another address, sign-ins that wait for their code,
-- a factor that waits for its first one. The links that undo a change of the address stay: they are the owner's way back. `spared` is
-- the link that the very change sends.
CREATE OR REPLACE FUNCTION void_pending(account uuid, spared uuid, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE one_time_tokens t SET consumed_at = at WHERE t.user_id = account AND t.consumed_at IS NULL AND t.id IS DISTINCT FROM spared;
  UPDATE email_changes c SET state = 'cancelled' WHERE c.user_id = account AND c.state = 'open';
  UPDATE users u SET pending_email = NULL WHERE u.id = account AND u.pending_email IS NOT NULL;
  DELETE FROM mfa_challenges c WHERE c.user_id = account;
  DELETE FROM mfa_factors f WHERE f.user_id = account AND f.status = 'pending';
END $$;
