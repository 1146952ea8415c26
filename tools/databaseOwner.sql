-- Hands everything of the database k that belongs to the superuser k, but what extensions brought, to k_owner.
BEGIN;
DO $$
DECLARE
  item text;
BEGIN
  FOR item IN
    SELECT format('ALTER %s %s OWNER TO k_owner',
                  CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END, c.oid::regclass)
    FROM pg_class c
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'c') AND relowner = 'k'::regrole
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'a', 'i')
                      AND (d.deptype = 'e' OR relkind = 'S'))
    UNION ALL
    SELECT format('ALTER ROUTINE %s OWNER TO k_owner', p.oid::regprocedure)
    FROM pg_proc p
    WHERE pronamespace = 'public'::regnamespace AND proowner = 'k'::regrole
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT format('ALTER TYPE %s OWNER TO k_owner', t.oid::regtype)
    FROM pg_type t
    WHERE typnamespace = 'public'::regnamespace AND typowner = 'k'::regrole AND typtype IN ('d', 'e', 'r') AND typelem = 0
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
  LOOP
    EXECUTE item;
  END LOOP;
END $$;
ALTER SCHEMA public OWNER TO k_owner;
ALTER DATABASE k OWNER TO k_owner;
COMMIT;
