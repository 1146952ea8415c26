-- Money that goes back, and the comparison with the bank's report. A refund is set aside in its payment before anybody pays it out, so that all of
-- them together never exceed what was paid. An item of the reconciliation is found once, by whatever run; money that belongs to no payment is booked
-- with it, which is why a movement may have no payment.
ALTER TABLE payments ADD COLUMN refunding_minor bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN payments.refunding_minor IS 'set aside for refunds that have not ended';
-- Money that waited and was given back makes a payment `refunded` that was never paid.
ALTER TABLE payments
  DROP CONSTRAINT payments_check,
  DROP CONSTRAINT payments_check1,
  ADD CONSTRAINT payments_refunds_within_paid
    CHECK (refunded_minor >= 0 AND refunding_minor >= 0 AND refunded_minor + refunding_minor <= paid_minor),
  ADD CONSTRAINT payments_paid_has_money CHECK ((status IN ('paid', 'partially_refunded', 'reversed')) <= (paid_minor > 0));
CREATE INDEX payments_paid ON payments (method, paid_at, id) WHERE paid_at IS NOT NULL;

ALTER TABLE payment_work
  DROP CONSTRAINT payment_work_kind_check,
  ADD CONSTRAINT payment_work_kind_check CHECK (kind IN ('create', 'ask', 'remove', 'refund'));

INSERT INTO ledger_accounts VALUES ('refunds:in_transit', 'liability', 'IDR');
ALTER TABLE ledger_transactions
  ALTER COLUMN payment_id DROP NOT NULL,
  ADD CONSTRAINT ledger_transactions_orphan_check CHECK ((payment_id IS NULL) = (kind IN ('orphan', 'orphan_return')));

CREATE TABLE payment_refunds (
  id uuid PRIMARY KEY,
  payment_id uuid NOT NULL REFERENCES payments (id),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL CHECK (currency = 'IDR'),
  reason text NOT NULL,
  mode text NOT NULL CHECK (mode IN ('api', 'manual')),
  status text NOT NULL CHECK (status IN ('requested', 'unknown', 'succeeded', 'failed')),
  reference text NOT NULL UNIQUE CHECK (length(reference) <= 32),
  bank_reference text NOT NULL,
  error text NOT NULL,
  created_by uuid NOT NULL,
  idempotency_scope text NOT NULL,
  idempotency_key text NOT NULL,
  fingerprint bytea NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (idempotency_scope, idempotency_key)
);
COMMENT ON COLUMN payment_refunds.reference IS 'ours at the bank, the same at each try';
COMMENT ON COLUMN payment_refunds.bank_reference IS 'of the payout; empty until it succeeded';
CREATE INDEX payment_refunds_newest ON payment_refunds (created_at DESC, id DESC);
CREATE INDEX payment_refunds_of_payment ON payment_refunds (payment_id, created_at DESC, id DESC);
CREATE INDEX payment_refunds_open ON payment_refunds (created_at DESC, id DESC) WHERE status IN ('requested', 'unknown');

CREATE TABLE reconciliation_runs (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('window', 'day')),
  slot text NOT NULL UNIQUE,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at >= starts_at),
  status text NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'failed')),
  asked_by uuid,
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL,
  credits bigint NOT NULL DEFAULT 0,
  matched bigint NOT NULL DEFAULT 0,
  healed bigint NOT NULL DEFAULT 0,
  items bigint NOT NULL DEFAULT 0,
  error text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  CHECK ((status IN ('done', 'failed')) = (finished_at IS NOT NULL))
);
COMMENT ON COLUMN reconciliation_runs.slot IS 'what makes it the same run: window:TIME, day:DAY, asked:ID';
COMMENT ON COLUMN reconciliation_runs.ends_at IS 'included, to the second';
COMMENT ON COLUMN reconciliation_runs.next_at IS 'when it is due; of one that was taken, when another process may take it';
CREATE INDEX reconciliation_runs_due ON reconciliation_runs (next_at) WHERE status IN ('waiting', 'running');
CREATE INDEX reconciliation_runs_newest ON reconciliation_runs (created_at DESC, id DESC);

CREATE TABLE reconciliation_items (
  id uuid PRIMARY KEY,
  run_id uuid NOT NULL REFERENCES reconciliation_runs (id),
  class text NOT NULL CHECK (class IN
    ('missing_notification', 'amount_mismatch', 'duplicate_credit', 'orphan_credit', 'paid_here_not_at_bank', 'reversed_at_bank')),
  status text NOT NULL CHECK (status IN ('open', 'healed', 'resolved')),
  reference text NOT NULL,
  payment_id uuid REFERENCES payments (id),
  va_number text NOT NULL,
  bank_minor bigint NOT NULL,
  booked_minor bigint NOT NULL,
  detail text NOT NULL,
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  resolved_by uuid,
  note text NOT NULL DEFAULT '',
  bank_reference text NOT NULL DEFAULT '',
  resolved_at timestamptz,
  UNIQUE (class, reference),
  CHECK ((status = 'resolved') = (resolved_at IS NOT NULL))
);
COMMENT ON COLUMN reconciliation_items.run_id IS 'that found it first';
COMMENT ON COLUMN reconciliation_items.reference IS 'the bank''s, of the money';
COMMENT ON COLUMN reconciliation_items.booked_minor IS 'what was booked here before';
COMMENT ON COLUMN reconciliation_items.seen_at IS 'by the last run that found it';
COMMENT ON COLUMN reconciliation_items.bank_reference IS 'of the payout that gave the money back';
CREATE INDEX reconciliation_items_newest ON reconciliation_items (created_at DESC, id DESC);
CREATE INDEX reconciliation_items_of_run ON reconciliation_items (run_id, created_at DESC, id DESC);
CREATE INDEX reconciliation_items_open ON reconciliation_items (created_at DESC, id DESC) WHERE status = 'open';
CREATE INDEX reconciliation_items_payment ON reconciliation_items (payment_id) WHERE payment_id IS NOT NULL;

ALTER TABLE bank_notices ADD COLUMN subject text NOT NULL DEFAULT '';
COMMENT ON COLUMN bank_notices.subject IS 'what it names: a virtual account, our reference, or the bank''s of a QR code; empty in notices of before';
CREATE INDEX bank_notices_newest ON bank_notices (received_at DESC, id DESC);

INSERT INTO permissions (name, description) VALUES ('payments:reconcile', 'Reconcile payments with the bank and decide what does not fit');
INSERT INTO role_permissions (role_id, permission) SELECT id, 'payments:reconcile' FROM roles WHERE name IN ('superadmin', 'admin');
