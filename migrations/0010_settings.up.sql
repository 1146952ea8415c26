-- Settings that administrators change while everything runs, webhooks, and addresses that may not register or sign in.

-- The number of the last change; its one row is the lock of the writers, and what running processes look at.
CREATE TABLE system_settings_state (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO system_settings_state (version) VALUES (0);

ALTER TABLE system_settings ALTER version TYPE bigint, ALTER version DROP DEFAULT;
ALTER TABLE system_settings_history ALTER version TYPE bigint;
ALTER TABLE system_settings_history ADD before jsonb;
ALTER TABLE system_settings_history ADD request_id text;
CREATE INDEX system_settings_history_newest ON system_settings_history (version DESC, key);
COMMENT ON COLUMN system_settings.value IS 'A text as the environment would have it';
COMMENT ON COLUMN system_settings_history.value IS 'NULL: the setting went back to the environment, the file or the default';
COMMENT ON COLUMN system_settings_history.updated_by IS 'NULL: the operator, with kctl';

CREATE TABLE webhooks (
  id uuid PRIMARY KEY,
  url text NOT NULL,
  description text NOT NULL DEFAULT '',
  events text[] NOT NULL,
  active boolean NOT NULL DEFAULT true,
  secret_enc bytea NOT NULL,
  old_secret_enc bytea,
  old_secret_until timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_by uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CHECK ((old_secret_enc IS NULL) = (old_secret_until IS NULL))
);

-- Up to which entry of the audit trail deliveries have been made.
CREATE TABLE webhook_cursor (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  seq bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO webhook_cursor (seq) SELECT head_seq FROM audit_chain;

CREATE TABLE webhook_deliveries (
  id uuid PRIMARY KEY,
  webhook_id uuid NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  event_id uuid NOT NULL,
  event_type text NOT NULL,
  payload text NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'dead')),
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL,
  give_up_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  last_attempt_at timestamptz,
  last_status integer,
  last_error text,
  delivered_at timestamptz,
  UNIQUE (webhook_id, event_id)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (webhook_id, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_old ON webhook_deliveries (created_at) WHERE status <> 'pending';
COMMENT ON COLUMN webhook_deliveries.next_at IS 'While a sender has it: when another may take it';

CREATE TABLE identifier_block (
  id uuid PRIMARY KEY,
  pattern citext NOT NULL CHECK (length(pattern) <= 320),
  reason text NOT NULL,
  created_by uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  lifted_at timestamptz,
  lifted_by uuid
);
CREATE UNIQUE INDEX identifier_block_standing ON identifier_block (pattern) WHERE lifted_at IS NULL;
CREATE INDEX identifier_block_newest ON identifier_block (created_at DESC, id DESC);
COMMENT ON COLUMN identifier_block.pattern IS 'ann@example.org, @example.org, or @*.example.org: example.org and all below it';

CREATE FUNCTION identifier_is_blocked(email citext, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM identifier_block WHERE lifted_at IS NULL AND (expires_at IS NULL OR expires_at > at)
      AND pattern = ANY (
        ARRAY[email, ('@' || split_part(email::text, '@', 2))::citext]
        || ARRAY(SELECT ('@*.' || array_to_string(labels[i:], '.'))::citext
                 FROM string_to_array(split_part(email::text, '@', 2), '.') AS domain (labels),
                      generate_subscripts(labels, 1) AS i)))
$$;
