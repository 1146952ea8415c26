-- Whether these limits lie within those of the key `maker`; true where the maker is no key.
CREATE OR REPLACE FUNCTION api_key_within(maker uuid, networks cidr[], expires timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (SELECT FROM api_keys m WHERE m.id = maker AND (
    (m.expires_at IS NOT NULL AND (expires IS NULL OR expires > m.expires_at))
    OR (cardinality(m.allowed_cidrs) > 0 AND (cardinality(networks) = 0
        OR EXISTS (SELECT FROM unnest(networks) n WHERE NOT EXISTS (SELECT FROM unnest(m.allowed_cidrs) c WHERE n <<= c))))))
$$;
