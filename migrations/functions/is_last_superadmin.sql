-- Whether nobody but `who` is a superadmin. Locks the role until the end of the transaction, so that two who leave at once leave one
-- after the other.
CREATE OR REPLACE FUNCTION is_last_superadmin(account uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM user_roles JOIN roles ON roles.id = role_id WHERE user_id = account AND roles.name = 'superadmin') THEN
    RETURN false;
  END IF;
  PERFORM FROM roles WHERE name = 'superadmin' FOR UPDATE;
  RETURN NOT EXISTS (
    SELECT FROM user_roles JOIN roles ON roles.id = role_id JOIN users ON users.id = user_id
    WHERE roles.name = 'superadmin' AND user_id <> account AND account_is_active(users, now()) AND users.deletion_due_at IS NULL
      AND (user_roles.expires_at IS NULL OR user_roles.expires_at > now()));
END $$;
