ALTER TABLE login_throttle DROP COLUMN judged;
