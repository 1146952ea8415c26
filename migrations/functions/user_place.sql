-- Where an address stands in the order of search_text: the account's own text when the address is still its, else the address.
CREATE OR REPLACE FUNCTION user_place(address text, account uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT u.search_text FROM users u WHERE u.id = account AND coalesce(lower(u.email COLLATE "default"), '') = lower(address)),
                  lower(address) || E'\n')
$$;
