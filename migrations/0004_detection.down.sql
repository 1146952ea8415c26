DROP TABLE ip_ban;
DROP TABLE suspicious_activity;
