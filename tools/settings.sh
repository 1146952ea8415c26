# The installation's environment: real environment > .env > defaults; all exported. Secrets that nobody set are files of .run/secrets.
# Needs console.sh and rootDir. Sourced.

readSettingsFile() { # FILE: NAME=VALUE lines; never overrides what is set already
  local line name value
  [ -r "$1" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || continue
    name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
    value=${value%"${value##*[![:space:]]}"}
    if [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]]; then value=${BASH_REMATCH[1]}; fi
    [ -n "${!name+set}" ] || deriveSetting "$name" "$value"
  done <"$1"
}

# What is not from the real environment. The programs read .env and know the defaults themselves, so
# that `kctl settings` can tell a value's origin.
derivedSettings=()

deriveSetting() { # NAME VALUE
  export "$1=$2"
  derivedSettings+=("$1")
}

settingDefault() { # NAME VALUE
  [ -n "${!1:-}" ] || deriveSetting "$1" "$2"
}

privateLogs() { # also those that an earlier version left; render.sh looks after their folder
  find "$K_LOG_DIR" -maxdepth 1 -type f -user "$(id -un)" -perm /037 -exec chmod g-wx,o= {} + 2>/dev/null || true
}

# asProgram: the words before a program's path that give it its working directory and environment: programWords for
# the operator's tool, serverWords for a server.
asProgram() {
  local name
  programWords=(env -C "$rootDir")
  for name in "${derivedSettings[@]}"; do
    [[ $name = K_BRI_* || " K_RUN_DIR K_SOCKET_DIR K_CRYPTO_MASTER_KEYS_FILE K_REDIS_URL K_DATABASE_OWNER_URL " == *" $name "* ]] ||
      programWords+=(-u "$name")
  done
  serverWords=("${programWords[@]}" -u K_GATEWAY_REDIS_URL -u K_DATABASE_OWNER_URL PWD="$rootDir")
  programWords+=(PWD="$rootDir")
}

checkPort() { # NAME
  if ! [[ ${!1} =~ ^[0-9]{1,5}$ ]] || [ "${!1}" -lt 1 ] || [ "${!1}" -gt 65535 ]; then
    complain "$1=${!1}: a port is a number from 1 to 65535"
    return 1
  fi
}

checkSettings() {
  local name other failed=
  local -A owner=()
  for name in K_GATEWAY_PORT K_PUBLIC_PORT K_ADMIN_PORT K_GATEWAY_TLS_PORT K_BANK_SIMULATOR_PORT; do
    checkPort $name || { failed=1 && continue; }
    other=${owner[${!name}]:-}
    if [ -n "$other" ]; then
      complain "$name and $other are both ${!name}: each needs a port of its own"
      failed=1
    fi
    owner[${!name}]=$name
  done
  [ -z "$failed" ] || exit 78
}

privateDirectory() { # PATH: made for its owner only; one that is there keeps its mode
  if [ ! -d "$1" ]; then
    mkdir -p "$(dirname "$1")" && mkdir -m 700 "$1" || exit 73
  fi
  [ -O "$1" ] || die "$1 belongs to another user; set K_RUN_DIR (and K_SOCKET_DIR, K_MAIL_DIR) to directories of your own"
}

secret() { # NAME: one that was made once
  cat "$K_RUN_DIR/secrets/$1"
}

keepSecret() { # NAME: standard input
  (umask 077 && mkdir -p "$K_RUN_DIR/secrets" && cat >"$K_RUN_DIR/secrets/$1.new") &&
    mv "$K_RUN_DIR/secrets/$1.new" "$K_RUN_DIR/secrets/$1" || exit 73
}

# takeOldMasterKeys FILE: of an earlier version, which kept them in a file of settings. Without them everything sealed is lost:
# the file goes only when they are kept, and keys that are there already are not replaced.
takeOldMasterKeys() {
  local keys
  if [ ! -e "$K_RUN_DIR/secrets/masterKeys" ]; then
    keys=$(sed -n 's/^K_CRYPTO_MASTER_KEYS=//p' "$1")
    [ -n "$keys" ] || die "$1 has no line K_CRYPTO_MASTER_KEYS=...: put it back, or move the file away when nothing sealed is needed"
    keepSecret masterKeys <<<"$keys" || exit 73
    [ "$(secret masterKeys)" = "$keys" ] || die "$K_RUN_DIR/secrets/masterKeys could not be written; $1 still has the keys"
  fi
  rm "$1"
}

makeSecrets() { # secrets that the user did not set, made once
  local name old=$K_RUN_DIR/generated.env
  for name in redisProcesses redisGateway; do
    [ -e "$K_RUN_DIR/secrets/$name" ] || keepSecret $name <<<"$(head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n')"
  done
  if [ -e "$old" ]; then
    takeOldMasterKeys "$old"
  elif [ ! -e "$K_RUN_DIR/secrets/masterKeys" ]; then
    keepSecret masterKeys <<<"k1:$(head -c 32 /dev/urandom | base64 -w 0)"
  fi
  [ -n "${K_CRYPTO_MASTER_KEYS:-}" ] || settingDefault K_CRYPTO_MASTER_KEYS_FILE "$K_RUN_DIR/secrets/masterKeys"
}

# bankSimulatorSettings: in development, unless K_BRI_URL is set (to nothing: no payments), the bank is test/briSimulator.
bankSimulatorSettings() {
  bankSimulator=''
  local name url=http://127.0.0.1:$K_BANK_SIMULATOR_PORT
  [ "$K_ENVIRONMENT" = development ] && [ "${K_BRI_URL-$url}" = "$url" ] || return 0
  bankSimulator=1
  for name in bankPartnerSecret bankNoticeSecret; do
    [ -e "$K_RUN_DIR/secrets/$name" ] || keepSecret $name <<<"$(head -c 15 /dev/urandom | od -An -v -tx1 | tr -d ' \n')"
  done
  if [ ! -e "$K_RUN_DIR/secrets/bankPartner.pub" ]; then
    openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 | keepSecret bankPartner.key
    openssl pkey -in "$K_RUN_DIR/secrets/bankPartner.key" -pubout | keepSecret bankPartner.pub
  fi
  deriveSetting K_BRI_URL "$url"
  deriveSetting K_BRI_CLIENT_ID k-services
  deriveSetting K_BRI_CLIENT_SECRET "$(secret bankPartnerSecret)"
  deriveSetting K_BRI_PRIVATE_KEY_FILE "$K_RUN_DIR/secrets/bankPartner.key"
  deriveSetting K_BRI_PARTNER_ID KSERVICES
  deriveSetting K_BRI_PARTNER_SERVICE_ID 77777
  deriveSetting K_BRI_MERCHANT_ID 000001019000014
  deriveSetting K_BRI_TERMINAL_ID 10049258
  deriveSetting K_BRI_QR_REFUND_PATH /snap/v1.1/qr/qr-mpm-refund
  deriveSetting K_BRI_NOTICE_CLIENT_ID bank-simulator
  deriveSetting K_BRI_NOTICE_CLIENT_SECRET "$(secret bankNoticeSecret)"
  deriveSetting K_BRI_NOTICE_KEY_FILE "$K_RUN_DIR/bank/bank.pub"
}

writeBankSimulatorConfig() {
  mkdir -p "$K_RUN_DIR/bank"
  cat >"$K_RUN_DIR/bank/config.json" <<EOF_CONFIG
{"clientId": "$K_BRI_CLIENT_ID", "clientSecret": "$K_BRI_CLIENT_SECRET", "partnerPublicKey": "$K_RUN_DIR/secrets/bankPartner.pub",
 "partnerServiceId": "$K_BRI_PARTNER_SERVICE_ID", "merchantId": "$K_BRI_MERCHANT_ID", "terminalId": "$K_BRI_TERMINAL_ID", "hmacEncoding": "hex",
 "callback": {"baseUrl": "http://$(gatewayHost):$K_GATEWAY_PORT/api/payment/bri", "clientId": "$K_BRI_NOTICE_CLIENT_ID",
  "clientSecret": "$K_BRI_NOTICE_CLIENT_SECRET", "retries": 3}}
EOF_CONFIG
  chmod 600 "$K_RUN_DIR/bank/config.json"
}

loadSettings() {
  local offset
  readSettingsFile "${K_ENV_FILE:-$rootDir/.env}"
  settingDefault K_RUN_DIR "$rootDir/.run"
  privateDirectory "$K_RUN_DIR"
  K_RUN_DIR=$(cd "$K_RUN_DIR" && pwd)
  settingDefault K_PORT_OFFSET 0
  if ! [[ $K_PORT_OFFSET =~ ^[0-9]{1,5}$ ]]; then
    complain "K_PORT_OFFSET=$K_PORT_OFFSET: a number from 0 to 50000"
    exit 78
  fi
  offset=$K_PORT_OFFSET
  settingDefault K_ENVIRONMENT development
  settingDefault K_GATEWAY_BIND 127.0.0.1
  settingDefault K_GATEWAY_PORT $((8080 + offset))
  settingDefault K_PUBLIC_PORT $((8001 + offset))
  settingDefault K_ADMIN_PORT $((8002 + offset))
  settingDefault K_GATEWAY_TLS_PORT $((443 + offset))
  settingDefault K_BANK_SIMULATOR_PORT $((8003 + offset))
  settingDefault K_WEB_ROOT "$rootDir/web/dist"
  checkSettings
  # A Unix socket's path has room for 107 bytes.
  if [ -z "${K_SOCKET_DIR:-}" ]; then
    K_SOCKET_DIR=$K_RUN_DIR/sock
    if [ $((${#K_SOCKET_DIR} + 18)) -gt 90 ]; then
      K_SOCKET_DIR=${TMPDIR:-/tmp}/k-services-$(id -u)-$(printf %s "$K_RUN_DIR" | sha256sum | head -c 12)
    fi
  fi
  settingDefault K_LOG_DIR "$K_RUN_DIR/logs"
  settingDefault K_MAIL_DIR "$K_RUN_DIR/mail"
  settingDefault K_PUBLIC_URL "http://127.0.0.1:$K_GATEWAY_PORT"
  privatePostgres='' privateRedis=''
  [ -n "${K_DATABASE_URL:-}" ] || privatePostgres=1
  [ -n "${K_REDIS_URL:-}" ] || privateRedis=1
  settingDefault K_DATABASE_URL "postgresql:///k?host=$K_SOCKET_DIR&user=k_service"
  [ -z "$privatePostgres" ] || deriveSetting K_DATABASE_OWNER_URL "postgresql:///k?host=$K_SOCKET_DIR&user=k_owner"
  makeSecrets
  if [ -n "$privateRedis" ]; then
    deriveSetting K_REDIS_URL "unix://processes:$(secret redisProcesses)@$K_SOCKET_DIR/redis.sock"
    settingDefault K_GATEWAY_REDIS_URL "unix://gateway:$(secret redisGateway)@$K_SOCKET_DIR/redis.sock"
  fi
  settingDefault K_GATEWAY_REDIS_URL "$K_REDIS_URL"
  export K_RUN_DIR K_SOCKET_DIR
  buildDir=${K_BUILD_DIR:-$rootDir/build/release}
  pidDir=$K_RUN_DIR/pids
  mkdir -p "$K_LOG_DIR" "$pidDir"
  privateLogs
  privateDirectory "$K_SOCKET_DIR"
  privateDirectory "$K_MAIL_DIR"
  bankSimulatorSettings
  asProgram
}
