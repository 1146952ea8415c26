-- A session that goes on on another device keeps how and when it was opened, and has to step up for what matters.
ALTER TABLE sessions ADD COLUMN device_changed_at timestamptz;
UPDATE sessions SET device_changed_at = coalesce(refreshed_at, created_at) WHERE amr = '{}' AND impersonator_id IS NULL AND revoked_at IS NULL;
UPDATE sessions SET amr = '{pwd}' WHERE amr = '{}' AND impersonator_id IS NULL AND revoked_at IS NULL;

DROP TRIGGER sessions_assurance ON sessions;
CREATE TRIGGER sessions_assurance AFTER UPDATE OF aal, amr, device_changed_at ON sessions FOR EACH ROW
  WHEN (OLD.aal <> NEW.aal OR OLD.amr <> NEW.amr OR OLD.device_changed_at IS DISTINCT FROM NEW.device_changed_at)
  EXECUTE FUNCTION notify_access_session_user();

-- For servers that refresh sessions in the name of browsers.
INSERT INTO permissions (name, description) VALUES ('sessions:refresh', 'Refresh sessions in the name of browsers');
INSERT INTO role_permissions (role_id, permission) SELECT id, 'sessions:refresh' FROM roles WHERE name = 'superadmin';
