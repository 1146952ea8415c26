-- Why whoever has `own` may not act on the account: he needs a higher rank, and every permission that the account has. NULL: he may.
CREATE OR REPLACE FUNCTION account_refusal(own acting_rights, account uuid, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN own.rank <= user_rank(account, at) THEN 'RANK_TOO_LOW'
              WHEN NOT user_permissions(account, at) <@ own.may THEN 'PERMISSION_DENIED' END
$$;
