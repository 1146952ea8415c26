-- Payments. Money is counted in hundredths; nothing here rounds. What happened (events, ledger) is only ever added to: payment_history_refuse()
-- and grant_to_servers() see to it, and ledger_balance() refuses a movement that does not add up to zero. Payments are records of money: they
-- stay when the account of who paid is deleted, so user_id refers to nothing.
CREATE SEQUENCE payment_customer_numbers AS bigint MAXVALUE 9999999999;

CREATE TABLE payments (
  id uuid PRIMARY KEY,
  user_id uuid,
  created_by uuid NOT NULL,
  merchant_ref text NOT NULL,
  method text NOT NULL CHECK (method IN ('bri_va', 'bri_qris')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0 AND amount_minor <= 999999999999999999),
  currency text NOT NULL CHECK (currency = 'IDR'),
  description text NOT NULL,
  customer_name text NOT NULL,
  status text NOT NULL CHECK (status IN
    ('created', 'pending', 'paid', 'partially_refunded', 'refunded', 'reversed', 'expired', 'cancelled', 'failed', 'review')),
  gateway_state text NOT NULL CHECK (gateway_state IN ('asked', 'unknown', 'open', 'closed')),
  gateway_ref text NOT NULL UNIQUE CHECK (length(gateway_ref) <= 32),
  bank_ref text,
  va_number text UNIQUE,
  qr_content text,
  expires_at timestamptz NOT NULL,
  paid_at timestamptz,
  paid_reference text,
  paid_minor bigint NOT NULL DEFAULT 0 CHECK (paid_minor >= 0),
  suspense_minor bigint NOT NULL DEFAULT 0 CHECK (suspense_minor >= 0),
  refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor BETWEEN 0 AND paid_minor),
  late boolean NOT NULL DEFAULT false,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (created_by, merchant_ref),
  CHECK ((status IN ('paid', 'partially_refunded', 'refunded', 'reversed')) <= (paid_minor > 0)),
  CHECK ((paid_minor > 0) = (paid_at IS NOT NULL))
);
CREATE INDEX payments_newest ON payments (created_at DESC, id DESC);
CREATE INDEX payments_of_user ON payments (user_id, created_at DESC, id DESC) WHERE user_id IS NOT NULL;
CREATE INDEX payments_open_of_user ON payments (user_id) WHERE status IN ('created', 'pending');
CREATE INDEX payments_merchant_ref ON payments (merchant_ref);
CREATE INDEX payments_unsettled ON payments (status, created_at DESC, id DESC) WHERE status IN ('created', 'pending', 'review');
CREATE INDEX payments_bank_ref ON payments (bank_ref) WHERE bank_ref IS NOT NULL;

CREATE TABLE payment_events (
  payment_id uuid NOT NULL REFERENCES payments (id),
  seq bigint NOT NULL,
  type text NOT NULL,
  from_status text NOT NULL,
  to_status text NOT NULL,
  actor text NOT NULL,
  cause text NOT NULL,
  detail text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (payment_id, seq)
);
COMMENT ON COLUMN payment_events.seq IS 'the payment''s version after it: each change has one event';

CREATE TABLE payment_idempotency_keys (
  scope text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL,
  payment_id uuid NOT NULL,
  answer jsonb,
  locked_until timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (scope, key)
);
COMMENT ON COLUMN payment_idempotency_keys.answer IS 'the payment as the first request was answered';
CREATE INDEX payment_idempotency_keys_created ON payment_idempotency_keys USING brin (created_at);
CREATE INDEX payment_idempotency_keys_payment ON payment_idempotency_keys (payment_id);

CREATE TABLE payment_work (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_id uuid NOT NULL REFERENCES payments (id),
  kind text NOT NULL CHECK (kind IN ('create', 'ask', 'remove')),
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL,
  error text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  UNIQUE (payment_id, kind)
);
COMMENT ON COLUMN payment_work.next_at IS 'when it is due; of work that was taken, when another worker may take it';
CREATE INDEX payment_work_due ON payment_work (next_at);

CREATE TABLE bank_calls (
  id uuid PRIMARY KEY,
  payment_id uuid,
  operation text NOT NULL,
  partner text NOT NULL,
  day date NOT NULL,
  external_id text NOT NULL,
  sent_at timestamptz NOT NULL,
  outcome text,
  http_status integer,
  code text,
  message text,
  took_us bigint,
  UNIQUE (partner, day, external_id)
);
COMMENT ON COLUMN bank_calls.outcome IS 'NULL: it is under way, or its process ended before the answer';
CREATE INDEX bank_calls_sent ON bank_calls USING brin (sent_at);
CREATE INDEX bank_calls_payment ON bank_calls (payment_id) WHERE payment_id IS NOT NULL;

CREATE TABLE ledger_accounts (
  code text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('asset', 'liability')),
  currency text NOT NULL CHECK (currency = 'IDR')
);
INSERT INTO ledger_accounts VALUES ('bank:bri:clearing', 'asset', 'IDR'), ('merchant:payable', 'liability', 'IDR'),
  ('suspense:unmatched', 'liability', 'IDR');

CREATE TABLE ledger_transactions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  idem_key text NOT NULL UNIQUE,
  payment_id uuid NOT NULL REFERENCES payments (id),
  kind text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX ledger_transactions_payment ON ledger_transactions (payment_id);

CREATE TABLE ledger_entries (
  transaction_id bigint NOT NULL REFERENCES ledger_transactions (id),
  account text NOT NULL REFERENCES ledger_accounts (code),
  amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
  PRIMARY KEY (transaction_id, account)
);
COMMENT ON COLUMN ledger_entries.amount_minor IS 'positive: debit, negative: credit';
CREATE INDEX ledger_entries_account ON ledger_entries (account, transaction_id);
