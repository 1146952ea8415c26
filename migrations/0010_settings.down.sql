DROP FUNCTION identifier_is_blocked(citext, timestamptz);
DROP TABLE identifier_block, webhook_deliveries, webhook_cursor, webhooks;
DROP INDEX system_settings_history_newest;
ALTER TABLE system_settings_history DROP before, DROP request_id;
ALTER TABLE system_settings_history ALTER version TYPE integer;
ALTER TABLE system_settings ALTER version TYPE integer, ALTER version SET DEFAULT 1;
DROP TABLE system_settings_state;
