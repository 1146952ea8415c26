-- What the detection rules found, and who may not come in.

-- No foreign key from ip_ban: activities go with their day, bans stay.
CREATE TABLE suspicious_activity (
  id uuid NOT NULL,
  timestamp timestamptz NOT NULL,
  remote_ip inet,
  activity_type text NOT NULL,
  severity text NOT NULL,
  subject text NOT NULL,
  details jsonb NOT NULL DEFAULT '{}',
  resolved boolean NOT NULL DEFAULT false,
  resolved_at timestamptz,
  resolved_by uuid,
  PRIMARY KEY (id, timestamp)
) PARTITION BY RANGE (timestamp);
CREATE INDEX suspicious_activity_time ON suspicious_activity (timestamp DESC, id DESC);
CREATE TABLE suspicious_activity_default PARTITION OF suspicious_activity DEFAULT;
COMMENT ON COLUMN suspicious_activity.subject IS 'Whom the rule counts: an address, an IPv6 /64, or the keyed hash of an account';

CREATE TABLE ip_ban (
  id uuid PRIMARY KEY,
  network cidr NOT NULL,
  reason text NOT NULL,
  source text NOT NULL CHECK (source IN ('user', 'operator', 'rule')),
  created_by uuid,
  rule text,
  activity_id uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  lifted_at timestamptz,
  lifted_by uuid,
  CHECK (expires_at > created_at),
  CHECK ((source = 'user') = (created_by IS NOT NULL)),
  CHECK ((source = 'rule') = (rule IS NOT NULL))
);
CREATE INDEX ip_ban_expiry ON ip_ban (expires_at);
CREATE INDEX ip_ban_newest ON ip_ban (created_at DESC, id DESC);
CREATE INDEX ip_ban_network ON ip_ban (network, created_at);
COMMENT ON COLUMN ip_ban.source IS 'user: over the API; operator: with kctl; rule: by detection';
