-- What a role that servers connect as may do, also with tables that are made later. `kctl migrate up` calls it.
CREATE OR REPLACE FUNCTION grant_to_servers(servers name) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  item text;
BEGIN
  EXECUTE format('REVOKE CREATE ON SCHEMA public FROM PUBLIC, %I', servers);
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', servers);
  FOR item IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
    AND pg_has_role(relowner, 'USAGE')
  LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %s TO %I', item, servers);
  END LOOP;
  FOR item IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
    AND pg_has_role(relowner, 'USAGE')
  LOOP
    EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO %I', item, servers);
  END LOOP;
  FOR item IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
    AND pg_has_role(proowner, 'USAGE')
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', item, servers);
  END LOOP;
  EXECUTE format('REVOKE UPDATE, DELETE ON audit_pending FROM %I', servers);
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON audit_log, audit_chain, identifier_fold_undo FROM %I', servers);
  IF to_regclass('ledger_entries') IS NOT NULL THEN
    EXECUTE format('REVOKE UPDATE, DELETE ON payment_events, ledger_transactions, ledger_entries FROM %I', servers);
    EXECUTE format('REVOKE DELETE ON payments FROM %I', servers);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON ledger_accounts FROM %I', servers);
  END IF;
  IF to_regclass('payment_refunds') IS NOT NULL THEN
    EXECUTE format('REVOKE DELETE ON payment_refunds, reconciliation_items FROM %I', servers);
  END IF;
  IF to_regclass('schema_migration') IS NOT NULL THEN
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON schema_migration FROM %I', servers);
  END IF;
  IF to_regclass('schema_function') IS NOT NULL THEN
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON schema_function FROM %I', servers);
  END IF;
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', servers);
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO %I', servers);
END $$;
REVOKE EXECUTE ON FUNCTION grant_to_servers(name) FROM PUBLIC;
