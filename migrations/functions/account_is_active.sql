-- Whether an account may be used: active, or suspended until a time that has passed. One rule for sign-in, rights and superadmins.
CREATE OR REPLACE FUNCTION account_is_active(account users, at timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT account.status = 'active' OR (account.status = 'suspended' AND account.suspended_until <= at AND account.email_verified_at IS NOT NULL)
$$;
