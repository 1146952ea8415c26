-- What the bank calls. A notice is a row before anything follows from it, and its answer is the same however often it is sent. The index of the
-- external ids comes second: of two equal notices at one moment the second has to meet the first one's key.
CREATE TABLE bank_tokens (
  token_hash text PRIMARY KEY,
  client_id text NOT NULL,
  expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN bank_tokens.token_hash IS 'SHA-256 in hexadecimal';

CREATE TABLE bank_notices (
  id uuid PRIMARY KEY,
  service text NOT NULL CHECK (service IN ('24', '25', '34', '52')),
  dedup_key text NOT NULL,
  external_id text NOT NULL,
  day date NOT NULL,
  raw_body bytea NOT NULL,
  payment_id uuid,
  received_at timestamptz NOT NULL,
  held_by uuid NOT NULL,
  held_until timestamptz NOT NULL,
  answer_status integer,
  answer_body text,
  processed_at timestamptz,
  UNIQUE (service, dedup_key),
  UNIQUE (day, external_id),
  CHECK ((answer_status IS NULL) = (answer_body IS NULL) AND (answer_status IS NULL) = (processed_at IS NULL))
);
COMMENT ON COLUMN bank_notices.dedup_key IS 'what makes it the same notice: paymentRequestId, inquiryRequestId, or reference and status of a QR code';
COMMENT ON COLUMN bank_notices.day IS 'in Jakarta';
COMMENT ON COLUMN bank_notices.held_until IS 'until then no other attempt to answer it begins';
CREATE INDEX bank_notices_payment ON bank_notices (payment_id) WHERE payment_id IS NOT NULL;
