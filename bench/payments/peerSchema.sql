-- The tables of peers/fastifyPayments.mjs: the same records and the same uniqueness as migrations/0029 and 0030, fewer indexes for lists, no
-- triggers and no audit trail.
DROP SCHEMA IF EXISTS peer CASCADE;
CREATE SCHEMA peer;
SET search_path = peer;
CREATE SEQUENCE va_numbers AS bigint MAXVALUE 9999999999;

CREATE TABLE payments (
  id uuid PRIMARY KEY,
  created_by text NOT NULL,
  merchant_ref text NOT NULL,
  method text NOT NULL CHECK (method IN ('bri_va', 'bri_qris')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL CHECK (currency = 'IDR'),
  description text NOT NULL,
  customer_name text NOT NULL,
  status text NOT NULL CHECK (status IN ('created', 'pending', 'paid', 'expired', 'cancelled', 'failed', 'review')),
  va_number text UNIQUE,
  expires_at timestamptz NOT NULL,
  paid_at timestamptz,
  paid_reference text,
  paid_minor bigint NOT NULL DEFAULT 0 CHECK (paid_minor >= 0),
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (created_by, merchant_ref)
);
CREATE INDEX payments_newest ON payments (created_at DESC, id DESC);

CREATE TABLE payment_events (
  payment_id uuid NOT NULL REFERENCES payments (id),
  seq bigint NOT NULL,
  type text NOT NULL,
  from_status text NOT NULL,
  to_status text NOT NULL,
  cause text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (payment_id, seq)
);

CREATE TABLE idempotency_keys (
  scope text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL,
  payment_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (scope, key)
);

CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_id uuid NOT NULL REFERENCES payments (id),
  kind text NOT NULL,
  next_at timestamptz NOT NULL,
  UNIQUE (payment_id, kind)
);
CREATE INDEX outbox_due ON outbox (next_at);

CREATE TABLE inbox (
  id uuid PRIMARY KEY,
  dedup_key text NOT NULL UNIQUE,
  external_id text NOT NULL,
  day date NOT NULL,
  raw_body bytea NOT NULL,
  payment_id uuid NOT NULL REFERENCES payments (id),
  received_at timestamptz NOT NULL,
  answer_body text NOT NULL,
  UNIQUE (day, external_id)
);

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
  account text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
  PRIMARY KEY (transaction_id, account)
);
CREATE INDEX ledger_entries_account ON ledger_entries (account, transaction_id);
