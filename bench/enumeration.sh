#!/bin/bash
# ./k bench enumeration: whether login, register and forgot tell a known account from an unknown one by their time.
# Asked of k-public's own socket one after the other, known and unknown in random order. The ladder and the limits are
# on, but so wide, and the tries spread over so many identifiers, that they refuse nothing.
# Environment: K_BENCH_TRIES (2000) of each kind, which take 25 minutes.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/ownInstallation.sh"

tries=${K_BENCH_TRIES:-2000}
needCommands nginx node psql
beginInstallation K_RATE_LIMITS=on K_LIMIT_REGISTER_ADDRESS=1000/1 K_LIMIT_MAIL_ACCOUNT=1000/1 K_LIMIT_MAIL_ADDRESS=1000/1

node "$here/enumeration.mjs" "$rootDir" "$K_SOCKET_DIR/public.http.sock" "$K_DATABASE_OWNER_URL" "$tries" "$K_BENCH_LOAD"
