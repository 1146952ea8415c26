-- A second factor is on probation for seven days, as an address is: until then a reset by mail takes it away, or a thief of a password
-- could keep the owner out for good. Not of whoever may anything: a mailbox alone opens no administrator's account. `asked`: when the
-- link was made.
CREATE OR REPLACE FUNCTION factors_on_probation(account uuid, asked timestamptz, at timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  SELECT f.id FROM mfa_factors f WHERE f.user_id = account AND f.status = 'active' AND f.confirmed_at > asked - interval '7 days'
    AND user_permissions(account, at) = '{}'
$$;
