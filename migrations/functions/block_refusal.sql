-- Why whoever has `own` may not block what `pattern` names: of the accounts with roles beyond that of every account. NULL: he may.
CREATE OR REPLACE FUNCTION block_refusal(own acting_rights, pattern text, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT max(account_refusal(own, u.id, at)) FROM users u
  WHERE u.id IN (SELECT g.user_id FROM user_roles g JOIN roles r ON r.id = g.role_id WHERE NOT (r.is_system AND r.name = 'user'))
    AND u.deleted_at IS NULL
    AND (u.email = pattern OR '@' || split_part(u.email, '@', 2) = pattern
         OR starts_with(pattern, '@*.') AND right('.' || split_part(u.email, '@', 2), length(pattern) - 2) = substr(pattern, 3))
$$;
