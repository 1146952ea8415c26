-- Roles of the private cluster of ./k up: the owner of the tables, and the one that servers connect as.
DO $$
DECLARE
  item text;
BEGIN
  FOREACH item IN ARRAY ARRAY['k_owner', 'k_service'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = item) THEN
      EXECUTE format('CREATE ROLE %I', item);
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION', item);
  END LOOP;
END $$;
-- Functions of the audit trail set it, and to define such a function takes this right.
GRANT SET ON PARAMETER "ks.audit_writer" TO k_owner;
