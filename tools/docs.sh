# ./k docs: docs/dataModel.md from a scratch PostgreSQL with every migration. Needs console.sh, processes.sh, cluster.sh, node.sh and
# rootDir. Sourced.

# migrateScratch URL: what MigrationRunner does, as far as an empty database is concerned.
migrateScratch() {
  local -a sql=(psql -XqAt -v ON_ERROR_STOP=1 -d "$1" -1)
  local file
  "${sql[@]}" -c 'CREATE TABLE schema_migration (version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(), duration_ms bigint NOT NULL)' || return 1
  for file in "$rootDir"/migrations/*.up.sql; do "${sql[@]}" -f "$file" >/dev/null || return 1; done
  PGOPTIONS='-c check_function_bodies=off -c client_min_messages=warning' "${sql[@]}" $(printf -- ' -f %s' "$rootDir"/migrations/functions/*.sql) >/dev/null
}

makeDocs() {
  local target=$rootDir/docs/dataModel.md url
  docsWork=$(mktemp -d "${TMPDIR:-/tmp}/k-docs-XXXXXX")
  trap 'stopPostgres "$docsWork/postgres"; rm -rf "$docsWork"' EXIT
  trap 'exit 143' INT TERM
  useNode
  startPostgres "$docsWork/postgres" "$docsWork/sock" "$docsWork/postgres.pid" "$docsWork/log" fsync=off ||
    die "PostgreSQL does not start:" "$(tail -n 5 "$docsWork/log")"
  url=$(postgresUrl "$docsWork/sock")
  migrateScratch "$url" && node "$rootDir/tools/dataModel.mjs" "$url" >"$docsWork/dataModel.md" || die "$target is unchanged"
  cat "$docsWork/dataModel.md" >"$target"
}
