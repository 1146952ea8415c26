-- Trigger, at the end of the transaction: the entries of a ledger transaction add up to zero, and there are at least two.
CREATE OR REPLACE FUNCTION ledger_balance() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  movement bigint := CASE TG_TABLE_NAME WHEN 'ledger_entries' THEN (to_jsonb(NEW) ->> 'transaction_id')::bigint ELSE (to_jsonb(NEW) ->> 'id')::bigint END;
  total numeric;
  entries bigint;
BEGIN
  SELECT sum(amount_minor), count(*) INTO total, entries FROM ledger_entries WHERE transaction_id = movement;
  IF entries < 2 OR total <> 0 THEN
    RAISE EXCEPTION 'ledger transaction % does not add up to zero: % in % entries', movement, coalesce(total, 0), entries
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS ledger_transactions_balance ON ledger_transactions;
CREATE CONSTRAINT TRIGGER ledger_transactions_balance AFTER INSERT ON ledger_transactions DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION ledger_balance();
DROP TRIGGER IF EXISTS ledger_entries_balance ON ledger_entries;
CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION ledger_balance();
