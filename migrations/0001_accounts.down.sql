DROP TABLE system_health_snapshot;
DROP TABLE system_settings_history;
DROP TABLE system_settings;
DROP TABLE signing_keys;
DROP TABLE email_outbox;
DROP TABLE user_roles;
DROP TABLE role_permissions;
DROP TABLE permissions;
DROP TABLE roles;
DROP TABLE one_time_tokens;
DROP TABLE sessions;
DROP TABLE password_credentials;
DROP TABLE users;
-- citext stays: other schemas of this database may use it.
