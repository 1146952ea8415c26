-- Files that an operator imported: their lines are old, which says nothing of how far the collector is.
ALTER TABLE log_file ADD imported boolean NOT NULL DEFAULT false;
