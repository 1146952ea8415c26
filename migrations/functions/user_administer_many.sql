-- user_administer() on many accounts, in the order given; `audits` are the ids of their events.
CREATE OR REPLACE FUNCTION user_administer_many(actor uuid, operator boolean, targets uuid[], op text, change jsonb, at timestamptz, event jsonb,
                                     audits uuid[])
RETURNS TABLE (target uuid, outcome text, ended uuid[]) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM roles WHERE name = 'superadmin' FOR NO KEY UPDATE;
  FOR i IN 1 .. cardinality(targets) LOOP
    target := targets[i];
    SELECT done.outcome, done.ended INTO outcome, ended
    FROM user_administer(actor, operator, targets[i], op, change, NULL, at, event || jsonb_build_object('id', audits[i])) done;
    RETURN NEXT;
  END LOOP;
END $$;
