-- The functions that are files of migrations/functions/, as they were made last: one whose checksum differs is made anew. From here on no
-- numbered migration makes a function. One whose arguments or result change is dropped by a numbered one, in both directions.
CREATE TABLE schema_function (
  name text PRIMARY KEY,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
