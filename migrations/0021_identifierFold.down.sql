-- The folded identifiers stay folded.
CREATE EXTENSION IF NOT EXISTS citext;
DROP FUNCTION identifier_is_blocked(text, timestamptz);
ALTER TABLE users DROP COLUMN search_text;
DROP FUNCTION user_search_text(text, text, text);

ALTER TABLE users ALTER email TYPE citext, ALTER username TYPE citext, ALTER pending_email TYPE citext;
ALTER TABLE one_time_tokens ALTER relates_to TYPE citext;
ALTER TABLE email_changes ALTER old_email TYPE citext, ALTER new_email TYPE citext;
ALTER TABLE roles ALTER name TYPE citext;
ALTER TABLE identifier_block ALTER pattern TYPE citext;

CREATE FUNCTION identifier_is_blocked(email citext, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM identifier_block WHERE lifted_at IS NULL AND (expires_at IS NULL OR expires_at > at)
      AND pattern = ANY (
        ARRAY[email, ('@' || split_part(email::text, '@', 2))::citext]
        || ARRAY(SELECT ('@*.' || array_to_string(labels[i:], '.'))::citext
                 FROM string_to_array(split_part(email::text, '@', 2), '.') AS domain (labels),
                      generate_subscripts(labels, 1) AS i)))
$$;
CREATE FUNCTION user_search_text(email citext, username citext, display_name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT lower(coalesce(email::text, '') || E'\n' || coalesce(username::text, '') || E'\n' || coalesce(display_name, ''))
$$;
ALTER TABLE users ADD COLUMN search_text text COLLATE "C" NOT NULL
  GENERATED ALWAYS AS (user_search_text(email, username, display_name)) STORED;
CREATE INDEX users_search ON users USING gin (search_text gin_trgm_ops);
CREATE INDEX users_by_email ON users (search_text, id);
SET LOCAL check_function_bodies = off;
DO $$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT * FROM identifier_fold_undo LOOP
    IF one.signature ~ '\mcitext\M' THEN
      EXECUTE format('DROP FUNCTION %s', regexp_replace(one.signature, '\mcitext\M', 'text', 'g'));
    END IF;
    EXECUTE one.definition;
  END LOOP;
END $$;
DROP TABLE identifier_fold_undo;
CREATE OR REPLACE FUNCTION user_place(address text, account uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT u.search_text FROM users u WHERE u.id = account AND coalesce(lower(u.email::text), '') = lower(address)),
                  lower(address) || E'\n')
$$;
