-- Trigger: a proven address makes an account of a claim, however the proof came about.
CREATE OR REPLACE FUNCTION end_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.is_claim := NEW.email_verified_at IS NULL;
  RETURN NEW;
END $$;
