-- A lock holds only when the try that made it was wrong: until its verdict, others wait.
ALTER TABLE login_throttle ADD COLUMN judged boolean NOT NULL DEFAULT true;
