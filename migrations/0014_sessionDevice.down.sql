UPDATE api_keys SET scopes = array_remove(scopes, 'sessions:refresh') WHERE 'sessions:refresh' = ANY (scopes);
DELETE FROM role_permissions WHERE permission = 'sessions:refresh';
DELETE FROM permissions WHERE name = 'sessions:refresh';
DROP TRIGGER sessions_assurance ON sessions;
CREATE TRIGGER sessions_assurance AFTER UPDATE OF aal, amr ON sessions FOR EACH ROW
  WHEN (OLD.aal <> NEW.aal OR OLD.amr <> NEW.amr) EXECUTE FUNCTION notify_access_session_user();
UPDATE sessions SET amr = '{}' WHERE device_changed_at IS NOT NULL;
ALTER TABLE sessions DROP COLUMN device_changed_at;
