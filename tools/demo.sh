#!/usr/bin/env bash
# ./k demo [--seed N] [--requests N] [--days N]: a week (or so many days) of history in log files that are imported, and of payments where the bank
# is the simulated one, then traffic, visitors, sign-ins, payments and attacks through the gateway. The same seed makes the same history, which is
# stored once however often this runs, and the same requests. Clients are told apart by source address: all of 127.0.0.0/8 is this machine.
set -uo pipefail
rootDir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for part in console dependencies node; do
  . "$rootDir/tools/$part.sh"
done
useNode

seed=42 requests=3000 days=7
while [ $# -gt 0 ]; do
  case $1 in
    --seed) seed=${2:?--seed needs a number} ;;
    --requests) requests=${2:?--requests needs a number} ;;
    --days) days=${2:?--days needs a number} ;;
    *) die "./k demo knows --seed N, --requests N and --days N, not $1" ;;
  esac
  [[ $2 =~ ^[0-9]{1,7}$ ]] || die "$1 $2: a number is needed"
  shift 2
done
[ "$days" -ge 1 ] && [ "$days" -le 7 ] || die "--days $days: from 1 to 7"
[ "$requests" -ge 20 ] || die "--requests $requests: 20 at the least"
RANDOM=$seed
[ "$K_ENVIRONMENT" = development ] || die "./k demo makes users, attacks and payments that never were: not where K_ENVIRONMENT is $K_ENVIRONMENT"

gateway=http://127.0.0.1:$K_GATEWAY_PORT
work=$(mktemp -d "${TMPDIR:-/tmp}/k-demo-XXXXXX")
trap 'rm -rf "$work"' EXIT
curl -fs -m 5 -o /dev/null "$gateway/health" || die "no gateway answers at $gateway; ./k up first"

agents=("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36"
  "okhttp/4.12.0" "python-requests/2.32.3")
visits=("GET /api/auth/health" "GET /api/auth/.well-known/jwks.json" "GET /api/payment/health" "GET /api/auth/me"
  "GET /api/auth/sessions" "GET /api/auth/openapi.json" "GET /api/auth/nowhere" "POST /api/auth/token/refresh {}"
  "GET /api/admin/health" "GET /admin/" "GET /api/auth/csrf")
attacks=("GET /wp-login.php" "GET /.env" "GET /phpmyadmin/index.php" "GET /.git/config" "GET /cgi-bin/luci"
  "GET /api/../../etc/passwd" "GET /vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php" "GET /actuator/env")

# entry FILE ADDRESS AGENT METHOD PATH [BODY]: one transfer of a curl configuration
entry() {
  printf 'url = "%s%s"\noutput = "/dev/null"\ninterface = "%s"\nuser-agent = "%s"\nrequest = "%s"\nwrite-out = "%%{http_code}\\n"\npath-as-is\nmax-time = 10\n' \
    "$gateway" "$5" "$2" "$3" "$4" >>"$1"
  [ -z "${6:-}" ] || printf 'header = "Content-Type: application/json"\ndata = "%s"\n' "${6//\"/\\\"}" >>"$1"
  printf 'next\n' >>"$1"
}

send() { # FILE: in parallel; prints how many answers of each status
  sed -i '$d' "$1"
  curl -s -Z --parallel-max 16 -K "$1" 2>/dev/null | sort | uniq -c |
    awk '{ printf "%s%s x %s", (NR > 1 ? ", " : ""), $2, $1 }'
}

one() { # ADDRESS METHOD PATH BODY [HEADER]: body on standard output
  curl -s -m 10 --interface "$1" -X "$2" -H 'Content-Type: application/json' ${5:+-H "$5"} -d "$4" "$gateway$3"
}

field() { # NAME: of a JSON object on standard input
  sed -nE "s/.*\"$1\" *: *\"([^\"]*)\".*/\1/p" | head -n 1
}

signIn() { # ADDRESS EMAIL PASSWORD: prints the access token
  one "$1" POST /api/auth/login "{\"identifier\":\"$2\",\"password\":\"$3\"}" | field access_token
}

verifyByMail() { # ADDRESS EMAIL
  local token
  token=$("$rootDir/k" kctl mail latest --to "$2" --token --wait 10 2>/dev/null) || return 1
  one "$1" POST /api/auth/verify-email "{\"token\":\"$token\"}" >/dev/null
}

demoUsers() { # registers and verifies who is new, signs in, looks around, signs out
  local number address email password access count=0
  for number in 1 2 3 4; do
    address=127.10.$((seed % 250 + 1)).$number
    email=demo$number.$seed@example.test password="correct horse $number battery"
    access=$(signIn "$address" "$email" "$password")
    if [ -z "$access" ]; then
      one "$address" POST /api/auth/register \
        "{\"email\":\"$email\",\"password\":\"$password\",\"display_name\":\"Demo $number\"}" >/dev/null
      verifyByMail "$address" "$email"
      access=$(signIn "$address" "$email" "$password")
    fi
    [ -n "$access" ] || continue
    count=$((count + 1))
    for _ in {1..20}; do
      one "$address" GET /api/auth/me '' "Authorization: Bearer $access" >/dev/null
    done
    one "$address" GET /api/auth/sessions '' "Authorization: Bearer $access" >/dev/null
    [ $number = 1 ] || one "$address" POST /api/auth/logout '' "Authorization: Bearer $access" >/dev/null
  done
  stepRemark="$count users signed in"
}

importHistory() {
  local folder=$K_RUN_DIR/demoHistory
  node "$rootDir/tools/demoHistory.mjs" "$seed" "$folder" "$days" >"$work/history.log" 2>&1 &&
    "$rootDir/k" kctl logs import "$folder"/*.log >>"$work/history.log" 2>&1 || return 1
  stepRemark="imported with kctl logs import"
  rm -rf "$folder"
}

# demoPayments NAME WORD...: only where no real bank can hear of it.
demoPayments() {
  local name=$1 remark simulator='^http://(127\.[0-9.]+|localhost|\[::1\]):[0-9]+$'
  shift
  stepBegin "$name"
  if [ -z "${K_BRI_URL:-}" ]; then
    remark="none: K_BRI_URL is not set"
  elif ! [[ $K_BRI_URL =~ $simulator ]]; then
    remark="none: K_BRI_URL is no simulated bank on this machine"
  elif ! remark=$(node "$rootDir/tools/demoPayments.mjs" "$@" 2>"$work/payments.log"); then
    stepFail "the payments were not made" "$work/payments.log"
    exit 1
  fi
  stepEnd "$remark"
}

stepBegin "$days days of history"
importHistory || { stepFail "the history was not imported" "$work/history.log"; exit 1; }
stepEnd "$stepRemark"

stepBegin "users"
demoUsers
stepEnd "$stepRemark"

demoPayments "payments of today" now "$seed"
demoPayments "$days days of payments" past "$seed" "$days"

waves=$((requests >= 1000 ? 10 : requests / 100 + 1))
for ((wave = 1; wave <= waves; wave++)); do
  stepBegin "visitors, wave $wave of $waves"
  file=$work/visits$wave
  for ((i = 0; i < requests / waves; i++)); do
    read -r method path body <<<"${visits[RANDOM % ${#visits[@]}]}"
    entry "$file" "127.20.$((RANDOM % 8)).$((RANDOM % 40 + 1))" "${agents[RANDOM % ${#agents[@]}]}" "$method" "$path" "$body"
  done
  remark=$(send "$file")
  stepEnd "$remark"
  sleep 1
done

stepBegin "scanners"
file=$work/attacks
for ((i = 0; i < requests / 20; i++)); do
  read -r method path <<<"${attacks[RANDOM % ${#attacks[@]}]}"
  entry "$file" "127.66.6.$((RANDOM % 5 + 1))" "masscan/1.3" "$method" "$path"
done
remark=$(send "$file")
stepEnd "$remark"

stepBegin "password guessing"
file=$work/guesses
for ((i = 0; i < 40; i++)); do
  entry "$file" "127.66.7.$((RANDOM % 2 + 1))" "curl/7.88.1" POST /api/auth/login \
    "{\"identifier\":\"admin@example.test\",\"password\":\"guess $RANDOM\"}"
done
remark=$(send "$file")
stepEnd "$remark"

stepBegin "one client too fast"
file=$work/flood
for ((i = 0; i < 200; i++)); do entry "$file" 127.66.8.1 "wrk" GET /api/auth/me; done
remark=$(send "$file")
stepEnd "$remark"
say "" "See $K_PUBLIC_URL/admin/ (ranges: last hour, last 7 days)."
