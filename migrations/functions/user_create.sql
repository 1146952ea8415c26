-- Creates an account with roles, judged by the caller's rights; with a link to choose a password, or a password hash. Repeating the call
-- with the same id changes nothing.
CREATE OR REPLACE FUNCTION user_create(actor uuid, operator boolean, account jsonb, phc text, token bytea, token_id uuid, token_expires timestamptz,
                            mail_id uuid, mail_template text, mail_locale text, mail_to bytea, mail_payload bytea,
                            at timestamptz, event jsonb, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  fresh uuid := (account->>'id')::uuid;
  wished text[] := ARRAY(SELECT name::text FROM jsonb_array_elements_text(account->'roles') name);
  verified boolean := coalesce((account->>'email_verified')::boolean, false);
  own acting_rights := administration_rights(actor, operator, at);
  hit text;
BEGIN
  IF EXISTS (SELECT FROM users WHERE id = fresh) THEN
    outcome := 'ok'; -- this very call, repeated after a lost answer
    RETURN;
  END IF;
  outcome := CASE WHEN EXISTS (SELECT FROM unnest(wished) name WHERE NOT EXISTS (SELECT FROM roles r WHERE r.name = name.name)) THEN 'ROLE_NOT_FOUND'
                  WHEN NOT 'users:write' = ANY(own.may) THEN 'PERMISSION_DENIED'
                  ELSE coalesce(roles_refusal(own, wished), 'ok') END;
  IF outcome = 'ok' THEN
    BEGIN
      INSERT INTO users (id, email, email_verified_at, username, display_name, locale, external_id, status, created_at, updated_at)
      VALUES (fresh, account->>'email', CASE WHEN verified THEN at END, account->>'username', account->>'display_name', account->>'locale',
              account->>'external_id', CASE WHEN verified AND phc IS NOT NULL THEN 'active' ELSE 'pending' END, at, at);
      INSERT INTO user_roles (user_id, role_id, granted_by, granted_at)
        SELECT fresh, r.id, actor, at FROM roles r WHERE r.name = ANY(wished);
      IF phc IS NOT NULL THEN
        INSERT INTO password_credentials (user_id, phc, changed_at) VALUES (fresh, phc, at);
      END IF;
      IF token IS NOT NULL THEN
        INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, relates_to, expires_at, created_at)
        VALUES (token_id, fresh, 'reset_password', token, account->>'email', token_expires, at);
        INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
        VALUES (mail_id, mail_template, mail_locale, mail_to, mail_payload, at, at);
      END IF;
    EXCEPTION WHEN unique_violation THEN
      GET STACKED DIAGNOSTICS hit = CONSTRAINT_NAME;
      outcome := CASE hit WHEN 'users_email_live' THEN 'EMAIL_TAKEN' WHEN 'users_username_live' THEN 'USERNAME_TAKEN' ELSE 'CONFLICT' END;
    END;
  END IF;
  PERFORM user_note(event, outcome, fresh, NULL, account - 'id' || jsonb_build_object('invited', token IS NOT NULL, 'password_hash', phc IS NOT NULL));
END $$;
