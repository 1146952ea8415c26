-- Whether a block in force covers the address: the address itself, its domain, or a domain above it.
CREATE OR REPLACE FUNCTION identifier_is_blocked(email text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM identifier_block WHERE lifted_at IS NULL AND (expires_at IS NULL OR expires_at > at)
      AND pattern = ANY (
        ARRAY[email, '@' || split_part(email, '@', 2)]
        || ARRAY(SELECT '@*.' || array_to_string(labels[i:], '.')
                 FROM string_to_array(split_part(email, '@', 2), '.') AS domain (labels),
                      generate_subscripts(labels, 1) AS i)))
$$;
