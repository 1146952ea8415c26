-- A block keeps people out as a suspension does: whoever may not act on an account does not block its address.

-- Why whoever has `own` may not block what `pattern` names: of the accounts with roles beyond that of every account. NULL: he may.
CREATE FUNCTION block_refusal(own acting_rights, pattern text, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT max(account_refusal(own, u.id, at)) FROM users u
  WHERE u.deleted_at IS NULL
    AND EXISTS (SELECT FROM user_roles g JOIN roles r ON r.id = g.role_id WHERE g.user_id = u.id AND NOT (r.is_system AND r.name = 'user'))
    AND (lower(u.email::text) = lower(pattern) OR '@' || lower(split_part(u.email::text, '@', 2)) = lower(pattern)
         OR starts_with(pattern, '@*.')
            AND right('.' || lower(split_part(u.email::text, '@', 2)), length(pattern) - 2) = lower(substr(pattern, 3)))
$$;
