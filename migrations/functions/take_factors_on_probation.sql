-- A function of its own, because it sees what was committed until the row of the user was locked.
CREATE OR REPLACE FUNCTION take_factors_on_probation(account uuid, asked timestamptz, at timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  taken integer;
BEGIN
  DELETE FROM mfa_factors WHERE id IN (SELECT factors_on_probation(account, asked, at));
  GET DIAGNOSTICS taken = ROW_COUNT;
  IF taken > 0 THEN
    DELETE FROM recovery_codes WHERE user_id = account;
    DELETE FROM recovery_sets WHERE user_id = account;
  END IF;
  RETURN taken;
END $$;
