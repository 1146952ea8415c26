DROP FUNCTION end_user_sessions(uuid, uuid, text, timestamptz);
DROP TABLE email_changes;
DROP TABLE attempt_window;
DROP TABLE login_throttle;
ALTER TABLE one_time_tokens DROP COLUMN consumed_by;
ALTER TABLE users DROP COLUMN pending_email;
