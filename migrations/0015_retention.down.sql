ALTER TABLE metric_snapshot DROP COLUMN cross_site;
DROP INDEX users_unconfirmed;
ALTER TABLE users DROP COLUMN registered_at;
