-- What has been booked stays booked: the step back is refused where the books say what the version before cannot.
DO $$
BEGIN
  IF EXISTS (SELECT FROM payment_refunds) OR EXISTS (SELECT FROM ledger_transactions WHERE payment_id IS NULL)
    OR EXISTS (SELECT FROM payments WHERE status = 'refunded' AND paid_minor = 0) THEN
    RAISE EXCEPTION 'there are refunds, or money that belonged to no payment: their movements cannot be taken back';
  END IF;
END $$;

UPDATE api_keys SET scopes = array_remove(scopes, 'payments:reconcile') WHERE 'payments:reconcile' = ANY (scopes);
DELETE FROM role_permissions WHERE permission = 'payments:reconcile';
DELETE FROM permissions WHERE name = 'payments:reconcile';

DROP INDEX bank_notices_newest;
ALTER TABLE bank_notices DROP COLUMN subject;
DROP TABLE reconciliation_items, reconciliation_runs, payment_refunds;

ALTER TABLE ledger_transactions
  DROP CONSTRAINT ledger_transactions_orphan_check,
  ALTER COLUMN payment_id SET NOT NULL;
DELETE FROM ledger_accounts WHERE code = 'refunds:in_transit';

ALTER TABLE payment_work
  DROP CONSTRAINT payment_work_kind_check,
  ADD CONSTRAINT payment_work_kind_check CHECK (kind IN ('create', 'ask', 'remove'));

DROP INDEX payments_paid;
ALTER TABLE payments
  DROP CONSTRAINT payments_refunds_within_paid,
  DROP CONSTRAINT payments_paid_has_money,
  DROP COLUMN refunding_minor,
  ADD CONSTRAINT payments_check CHECK (refunded_minor BETWEEN 0 AND paid_minor),
  ADD CONSTRAINT payments_check1 CHECK ((status IN ('paid', 'partially_refunded', 'refunded', 'reversed')) <= (paid_minor > 0));
