-- Money that the bank told of and nobody can say of what: a notice finds it, without a run.
ALTER TABLE reconciliation_items
  ALTER COLUMN run_id DROP NOT NULL,
  DROP CONSTRAINT reconciliation_items_class_check,
  ADD CONSTRAINT reconciliation_items_class_check CHECK (class IN
    ('missing_notification', 'amount_mismatch', 'duplicate_credit', 'orphan_credit', 'paid_here_not_at_bank', 'reversed_at_bank',
     'unclear_credit'));
COMMENT ON COLUMN reconciliation_items.run_id IS 'that found it first; NULL: a notice did';

-- A bank that takes one external id for two services, question and payment of one customer, does not repeat itself.
ALTER TABLE bank_notices
  DROP CONSTRAINT bank_notices_day_external_id_key,
  ADD CONSTRAINT bank_notices_external_id_key UNIQUE (service, day, external_id);
