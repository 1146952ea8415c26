ALTER TABLE log_file DROP imported;
