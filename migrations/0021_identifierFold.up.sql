-- Identifiers come folded (core/identifierFold.hpp) and are compared byte by byte. citext compared them by the locale, in which
-- U+0130 is an i. What SQL cannot fold (domains beyond ASCII) the program folds after this, in the same transaction
-- (persistence/identifierMigration.hpp).
DROP FUNCTION identifier_is_blocked(citext, timestamptz);
ALTER TABLE users DROP COLUMN search_text; -- and its indexes
DROP FUNCTION user_search_text(citext, citext, text);

ALTER TABLE users
  ALTER email TYPE text COLLATE "C" USING lower(email::text COLLATE "C"),
  ALTER username TYPE text COLLATE "C" USING lower(username::text COLLATE "C"),
  ALTER pending_email TYPE text COLLATE "C" USING lower(pending_email::text COLLATE "C");
ALTER TABLE one_time_tokens ALTER relates_to TYPE text COLLATE "C" USING lower(relates_to::text COLLATE "C");
ALTER TABLE email_changes
  ALTER old_email TYPE text COLLATE "C" USING lower(old_email::text COLLATE "C"),
  ALTER new_email TYPE text COLLATE "C" USING lower(new_email::text COLLATE "C");
ALTER TABLE roles ALTER name TYPE text COLLATE "C" USING lower(name::text COLLATE "C");
ALTER TABLE identifier_block ALTER pattern TYPE text COLLATE "C" USING lower(pattern::text COLLATE "C");

CREATE FUNCTION identifier_is_blocked(email text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM identifier_block WHERE lifted_at IS NULL AND (expires_at IS NULL OR expires_at > at)
      AND pattern = ANY (
        ARRAY[email, '@' || split_part(email, '@', 2)]
        || ARRAY(SELECT '@*.' || array_to_string(labels[i:], '.')
                 FROM string_to_array(split_part(email, '@', 2), '.') AS domain (labels),
                      generate_subscripts(labels, 1) AS i)))
$$;

-- For people who search: in the letters' own case fold, not in bytes.
CREATE FUNCTION user_search_text(email text, username text, display_name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT lower((coalesce(email, '') || E'\n' || coalesce(username, '') || E'\n' || coalesce(display_name, '')) COLLATE "default")
$$;
ALTER TABLE users ADD COLUMN search_text text COLLATE "C" NOT NULL
  GENERATED ALWAYS AS (user_search_text(email, username, display_name)) STORED;
CREATE INDEX users_search ON users USING gin (search_text gin_trgm_ops);
CREATE INDEX users_by_email ON users (search_text, id);

CREATE OR REPLACE FUNCTION user_place(address text, account uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT u.search_text FROM users u WHERE u.id = account AND coalesce(lower(u.email COLLATE "default"), '') = lower(address)),
                  lower(address) || E'\n')
$$;

-- The functions that name the type in their text or among their arguments; nothing else in them changes.
CREATE TABLE identifier_fold_undo (signature text PRIMARY KEY, definition text NOT NULL);
COMMENT ON TABLE identifier_fold_undo IS 'The functions as they were before this migration, for taking it back';
DO $$
DECLARE
  one record;
BEGIN
  FOR one IN
    SELECT p.oid::regprocedure AS signature, pg_get_functiondef(p.oid) AS definition FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
    WHERE p.pronamespace = current_schema()::regnamespace AND l.lanname IN ('sql', 'plpgsql')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
      AND (p.prosrc ~ '\mcitext\M' OR pg_get_function_arguments(p.oid) ~ '\mcitext\M')
  LOOP
    INSERT INTO identifier_fold_undo VALUES (one.signature::text, one.definition);
    EXECUTE regexp_replace(one.definition, '\mcitext\M', 'text', 'g');
    IF one.signature::text ~ '\mcitext\M' THEN
      EXECUTE format('DROP FUNCTION %s', one.signature);
    END IF;
  END LOOP;
END $$;

DO $$
BEGIN
  DROP EXTENSION IF EXISTS citext;
EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
  RAISE NOTICE 'the extension citext stays: another schema uses it, or it belongs to somebody else';
END $$;
