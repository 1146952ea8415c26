CREATE OR REPLACE FUNCTION administration_rights(actor uuid, operator boolean, at timestamptz) RETURNS acting_rights LANGUAGE plpgsql STABLE AS $$
DECLARE
  machine api_keys;
  own acting_rights := (-1, '{}');
BEGIN
  IF operator THEN
    RETURN (2147483647, ARRAY(SELECT name FROM permissions))::acting_rights;
  END IF;
  SELECT * INTO machine FROM api_keys WHERE id = actor AND owner_user_id IS NULL;
  IF FOUND THEN
    own := administration_rights(machine.created_by, machine.created_by IS NULL, at);
    own.may := ARRAY(SELECT unnest(own.may) INTERSECT SELECT unnest(machine.scopes));
    own.rank := least(own.rank, (SELECT r.rank FROM roles r WHERE r.name = 'superadmin'));
  ELSIF EXISTS (SELECT FROM users WHERE id = actor AND (status = 'active' OR status = 'suspended' AND suspended_until <= at)) THEN
    own := (user_rank(actor, at), user_permissions(actor, at));
  END IF;
  RETURN own;
END $$;
