-- A mail that goes with a change: id, template, locale, and recipient and payload (sealed) in hex.
CREATE OR REPLACE FUNCTION user_mail(mail jsonb, at timestamptz) RETURNS void LANGUAGE sql AS $$
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT (mail->>'id')::uuid, mail->>'template', mail->>'locale', decode(mail->>'to', 'hex'), decode(mail->>'payload', 'hex'), at, at
  WHERE mail IS NOT NULL ON CONFLICT DO NOTHING
$$;
