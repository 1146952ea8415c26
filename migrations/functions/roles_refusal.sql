-- Why whoever has `own` may not give these roles: he needs roles:write, a higher rank, and every permission of theirs. The role
-- that every account begins with is nobody's gift.
CREATE OR REPLACE FUNCTION roles_refusal(own acting_rights, wished text[]) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN bool_or(r.rank >= own.rank) THEN 'CANNOT_GRANT_HIGHER_ROLE'
              WHEN bool_or(NOT 'roles:write' = ANY(own.may)) OR bool_or(EXISTS (SELECT FROM role_permissions rp
                WHERE rp.role_id = r.id AND NOT rp.permission = ANY(own.may))) THEN 'PERMISSION_DENIED' END
  FROM roles r WHERE r.name = ANY(wished) AND NOT (r.is_system AND r.name = 'user')
$$;
