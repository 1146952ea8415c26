#!/bin/bash
# render.sh DIRECTORY: writes the gateway's configuration, nginx.conf and what it includes, into DIRECTORY.
#
# Required in the environment: K_RUN_DIR K_SOCKET_DIR K_LOG_DIR K_GATEWAY_PORT K_REDIS_URL
# Optional: K_GATEWAY_REDIS_URL (nginx's own user at Redis, default K_REDIS_URL) K_ENVIRONMENT K_GATEWAY_BIND K_GATEWAY_TLS_PORT K_GATEWAY_USER K_GATEWAY_WORKERS K_TLS_CERTIFICATE
# K_TLS_KEY K_GATEWAY_CONNECTIONS K_GATEWAY_CLIENT_CONNECTIONS K_TRUSTED_PROXIES K_BRI_NOTICE_FROM K_WEB_ROOT K_RATE_LIMITS K_RATE_LIMIT_SHARED K_RATE_LIMIT_LOGIN|REGISTER|SESSION|
# PAYMENT|ADMIN. All faults are reported together; the status is then 78 (EX_CONFIG).
set -u
LC_ALL=C

source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
declare -A value=()
faults=()

fault() { faults+=("$1"); }

# need NAME, or optional NAME DEFAULT: the value is then in $given.
need() {
  given=${!1:-}
  [ -n "$given" ] || fault "$1 is not set"
}
optional() { given=${!1:-$2}; }

number() { # NAME LOW HIGH
  [ -n "$given" ] || return 0
  if ! [[ $given =~ ^[0-9]{1,7}$ ]] || ((10#$given < $2 || 10#$given > $3)); then
    fault "$1=$given: a whole number from $2 to $3 is allowed"
  else
    given=$((10#$given))
  fi
}

choice() { # NAME ALLOWED...
  local name=$1 allowed
  shift
  for allowed in "$@"; do [ "$given" != "$allowed" ] || return 0; done
  fault "$name=$given: allowed are: $*"
}

# Quoted strings of nginx and Lua cannot hold everything that a path can.
path() { # NAME
  [ -n "$given" ] || return 0
  if [[ $given != /* ]]; then
    fault "$1=$given: an absolute path is needed"
  elif [[ $given == *[\"\'\\\$\;\{\}@]* || $given == *[[:cntrl:]]* ]]; then
    fault "$1=$given: a path without quotes, \\ \$ ; { } @ and control characters is needed"
  fi
}

isIpv4() {
  local part
  [[ $1 =~ ^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$ ]] || return 1
  for part in "${BASH_REMATCH[@]:1}"; do ((10#$part <= 255)) || return 1; done
}
isIpv6() { [[ $1 == *:*:* && $1 =~ ^[0-9a-fA-F:]+(:[0-9.]+)?$ ]]; }

luaText() { # as a Lua string; "" becomes nil
  local text=$1 out='' i code
  [ -n "$text" ] || { echo nil; return; }
  for ((i = 0; i < ${#text}; i++)); do
    if [[ ${text:i:1} == [A-Za-z0-9/._:-] ]]; then
      out+=${text:i:1}
    else
      printf -v code '%d' "'${text:i:1}"
      printf -v code '\\%03d' $((code & 255))
      out+=$code
    fi
  done
  echo "\"$out\""
}

percentDecoded() {
  local text=${1//\\/%5C}
  printf '%b' "${text//%/\\x}"
}

readPaths() {
  need K_RUN_DIR; path K_RUN_DIR; value[RUN_DIR]=$given
  need K_LOG_DIR; path K_LOG_DIR; value[LOG_DIR]=$given
  need K_SOCKET_DIR; path K_SOCKET_DIR; value[SOCKET_DIR]=$given
  [ ${#given} -le 90 ] || fault "K_SOCKET_DIR=$given: at most 90 bytes are possible for Unix sockets"
  optional K_WEB_ROOT "${source%/*}/web/dist"; path K_WEB_ROOT; value[WEB_ROOT]=$given
  given=$source; path "The directory of render.sh"; value[SOURCE_DIR]=$given
  given=$output; path "The output directory"; value[OUTPUT_DIR]=$given
  value[HONEYPOT_PAGE]=$(luaText "$source/honeypot.html")
}

listenLines() { # PORT SUFFIX
  local address
  for address in ${bind//,/ }; do
    if isIpv4 "$address"; then
      echo "listen $address:$1 default_server backlog=4096$2;"
    else
      echo "listen [$address]:$1 default_server ipv6only=on backlog=4096$2;"
    fi
  done
}

readListeners() {
  local address tlsPort
  optional K_GATEWAY_BIND 127.0.0.1
  bind=$given
  [[ $bind =~ [^,[:space:]] ]] || fault "K_GATEWAY_BIND=$bind: an address is needed"
  for address in ${bind//,/ }; do
    isIpv4 "$address" || isIpv6 "$address" || fault "K_GATEWAY_BIND=$bind: $address is no IPv4 or IPv6 address"
  done
  optional K_GATEWAY_TLS_PORT 443; number K_GATEWAY_TLS_PORT 1 65535
  tlsPort=$given
  need K_GATEWAY_PORT; number K_GATEWAY_PORT 1 65535
  value[LISTEN]=$(listenLines "$given" '')
  optional K_TLS_CERTIFICATE ''; path K_TLS_CERTIFICATE; value[TLS_CERTIFICATE]=$given
  optional K_TLS_KEY ''; path K_TLS_KEY; value[TLS_KEY]=$given
  servers=plainServer
  if [ -n "${value[TLS_CERTIFICATE]}${value[TLS_KEY]}" ]; then
    servers=tlsServers
    [ -n "${value[TLS_CERTIFICATE]}" ] || fault 'K_TLS_CERTIFICATE is not set, but K_TLS_KEY is'
    [ -n "${value[TLS_KEY]}" ] || fault 'K_TLS_KEY is not set, but K_TLS_CERTIFICATE is'
    local name
    for name in K_TLS_CERTIFICATE K_TLS_KEY; do
      [ -z "${!name:-}" ] || [ -r "${!name}" ] || fault "$name=${!name}: this file cannot be read"
    done
    [ "$tlsPort" != "${K_GATEWAY_PORT:-}" ] || fault "K_GATEWAY_TLS_PORT=$tlsPort: K_GATEWAY_PORT is the same"
    value[LISTEN_TLS]=$(listenLines "$tlsPort" ' ssl http2')
    value[TLS_PORT_SUFFIX]=:$tlsPort
    [ "$tlsPort" != 443 ] || value[TLS_PORT_SUFFIX]=
  fi
}

# eachNetwork NAME ADD: calls ADD ADDRESS BITS for each of the networks in $given.
eachNetwork() {
  local entry address bits high
  for entry in ${given//,/ }; do
    address=${entry%%/*} high=128
    ! isIpv4 "$address" || high=32
    bits=$high
    [[ $entry != */* ]] || bits=${entry#*/}
    if ! { isIpv4 "$address" || isIpv6 "$address"; } || ! [[ $bits =~ ^[0-9]{1,3}$ ]] || ((10#$bits > high)); then
      fault "$1=$given: $entry is no address or CIDR network"
    elif ((10#$bits == 0)); then
      fault "$1=$given: $entry would be everybody"
    else
      "$2" "$address" "$bits"
    fi
  done
}

addProxy() {
  value[TRUSTED_PROXIES]+="set_real_ip_from $1/$2;"$'\n'
  value[TRUSTED_PEERS]+="$1/$2 1;"$'\n'
}
addBankNetwork() { value[BANK_NETWORKS]+="$1/$2 1;"$'\n'; }

readNetworks() {
  value[TRUSTED_PROXIES]='' value[TRUSTED_PEERS]=''
  optional K_TRUSTED_PROXIES ''
  eachNetwork K_TRUSTED_PROXIES addProxy
  optional K_BRI_NOTICE_FROM ''
  value[BANK_NETWORKS]="default $([ -n "${given//[, ]/}" ] && echo 0 || echo 1);"$'\n'
  eachNetwork K_BRI_NOTICE_FROM addBankNetwork
}

readRedis() {
  local shape='^(rediss?)://(([^:@/]*)(:([^@/]*))?@)?(\[([0-9a-fA-F:.]+)\]|[A-Za-z0-9_.-]+)(:([0-9]{1,5}))?(/([0-9]{1,5})?)?$'
  local unixShape='^unix://(([^:@/]*)(:([^@/]*))?@)?(/[^?@]+)(\?db=([0-9]{1,5}))?$'
  local address='' port=nil user='' password='' database='' tls=false
  need K_REDIS_URL
  given=${K_GATEWAY_REDIS_URL:-$given}
  if [[ $given =~ $shape ]]; then
    [ "${BASH_REMATCH[1]}" != rediss ] || tls=true
    user=${BASH_REMATCH[3]} password=${BASH_REMATCH[5]}
    address=${BASH_REMATCH[7]:-${BASH_REMATCH[6]}} port=${BASH_REMATCH[9]:-6379} database=${BASH_REMATCH[11]}
    ((10#$port >= 1 && 10#$port <= 65535)) || fault "K_REDIS_URL: the port $port is not from 1 to 65535"
    isIpv6 "$address" && address="[$address]"
    [ "$address" != localhost ] || address=127.0.0.1
  elif [[ $given =~ $unixShape ]]; then
    user=${BASH_REMATCH[2]} password=${BASH_REMATCH[4]} address=unix:${BASH_REMATCH[5]} database=${BASH_REMATCH[7]}
  elif [ -n "$given" ]; then
    fault 'K_REDIS_URL: redis://[user:password@]host[:port][/database], rediss://... or unix://[user:password@]/path[?db=n] is allowed'
  fi
  value[REDIS_ADDRESS]=$(luaText "$address") value[REDIS_PORT]=$port value[REDIS_USES_TLS]=$tls
  value[REDIS_USER]=$(luaText "$(percentDecoded "$user")")
  value[REDIS_PASSWORD]=$(luaText "$(percentDecoded "$password")")
  value[REDIS_DATABASE]=$((10#${database:-0}))
  value[REDIS_TLS]= value[RESOLVER]=
  if [ $tls = true ]; then
    value[REDIS_TLS]='lua_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt; lua_ssl_verify_depth 4;'
  fi
  # nginx resolves names by itself and does not read resolv.conf.
  if [[ -n $address && $address != unix:* && $address != \[* ]] && ! isIpv4 "$address"; then
    local server servers=''
    while read -r _ server _; do
      ! isIpv6 "$server" || server="[$server]"
      servers+=" $server"
    done < <(grep -E '^nameserver[[:space:]]+[0-9a-fA-F.:]+[[:space:]]*$' /etc/resolv.conf 2>/dev/null)
    [ -n "$servers" ] || fault "K_REDIS_URL: $address is a name, and /etc/resolv.conf names no server to ask"
    value[RESOLVER]="resolver$servers valid=30s; resolver_timeout 2s;"
  fi
}

readLimits() {
  optional K_ENVIRONMENT development; choice K_ENVIRONMENT development production
  local environment=$given
  optional K_RATE_LIMITS on; choice K_RATE_LIMITS on off
  [ "$environment/$given" != production/off ] || fault 'K_RATE_LIMITS=off: in production only on is allowed'
  value[RATE_LIMITS]=$([ "$given" = on ] && echo true || echo false)
  optional K_RATE_LIMIT_SHARED off; choice K_RATE_LIMIT_SHARED on off
  value[RATE_LIMIT_SHARED]=$([ "$given" = on ] && echo true || echo false)
  optional K_RATE_LIMIT_LOGIN 5; number K_RATE_LIMIT_LOGIN 1 100; value[LIMIT_LOGIN]=$given
  optional K_RATE_LIMIT_REGISTER 3; number K_RATE_LIMIT_REGISTER 1 50; value[LIMIT_REGISTER]=$given
  optional K_RATE_LIMIT_SESSION 120; number K_RATE_LIMIT_SESSION 1 5000; value[LIMIT_SESSION]=$given
  optional K_RATE_LIMIT_PAYMENT 100; number K_RATE_LIMIT_PAYMENT 1 60000; value[LIMIT_PAYMENT]=$given
  optional K_RATE_LIMIT_ADMIN 120; number K_RATE_LIMIT_ADMIN 1 500; value[LIMIT_ADMIN]=$given
}

readWorkers() {
  local cores limit connections
  cores=$(nproc 2>/dev/null || echo 2)
  optional K_GATEWAY_WORKERS $((cores < 4 ? cores : 4)); number K_GATEWAY_WORKERS 1 64
  value[WORKERS]=$given
  value[UPSTREAM_KEEPALIVE]=32
  # Every connection is a descriptor; the reserve is for logs, bodies and answers that wait in files.
  optional K_GATEWAY_CONNECTIONS 16384; number K_GATEWAY_CONNECTIONS 256 1048576
  connections=$given
  optional K_GATEWAY_CLIENT_CONNECTIONS 256; number K_GATEWAY_CLIENT_CONNECTIONS 8 65535
  value[CLIENT_CONNECTIONS]=$given
  limit=$(ulimit -Hn)
  [[ $limit =~ ^[0-9]+$ ]] || limit=1048576
  if [[ $connections =~ ^[0-9]+$ ]]; then
    ((connections <= limit - limit / 8)) || connections=$((limit - limit / 8))
    value[CONNECTIONS]=$connections
    value[OPEN_FILES]=$((connections + connections / 7 < limit ? connections + connections / 7 : limit))
  fi
  # As root the workers run as the owner of the sockets: those are for their owner and group only.
  value[USER]=
  if [ "$(id -u)" = 0 ]; then
    optional K_GATEWAY_USER "$(stat -c %U "${K_SOCKET_DIR:-/}" 2>/dev/null || echo root)"
    [[ $given =~ ^[A-Za-z_][A-Za-z0-9_.-]*$ ]] && id "$given" >/dev/null 2>&1 ||
      fault "K_GATEWAY_USER=$given: there is no such user"
    value[USER]="user $given $(id -gn "$given" 2>/dev/null);"
  fi
}

# Debian's Lua module is loaded at run time; OpenResty has it built in.
readModules() {
  local directory
  value[LOAD_MODULES]=
  directory=$(nginx -V 2>&1 | grep -oE -- '--modules-path=[^ ]+' | cut -d= -f2)
  if [ -e "$directory/ngx_http_lua_module.so" ]; then
    value[LOAD_MODULES]="load_module $directory/ndk_http_module.so;
load_module $directory/ngx_http_lua_module.so;"
  elif ! nginx -V 2>&1 | grep -q openresty; then
    fault 'nginx with the Lua module is not installed (Debian: nginx libnginx-mod-http-lua lua-nginx-redis)'
  fi
}

# One pass: what a value holds is never taken for a placeholder.
render() { # TEMPLATE
  local text out='' name
  text=$(cat "$source/$1.template" && echo x) || return 1
  text=${text%x}
  while [[ $text =~ @([A-Z][A-Z_]*)@ ]]; do
    name=${BASH_REMATCH[1]}
    if [ -z "${value[$name]+set}" ]; then
      echo "render.sh: $1.template asks for @$name@, which nothing defines" >&2
      return 1
    fi
    out+=${text%%"@$name@"*}${value[$name]}
    text=${text#*"@$name@"}
  done
  printf '%s' "$out$text"
}

write() { # TEMPLATE FILE [MODE]
  local content
  content=$(render "$1" && echo x) || exit 78
  (umask 077 && printf '%s' "${content%x}" >"$output/$2.new") && chmod "${3:-644}" "$output/$2.new" &&
    mv -f "$output/$2.new" "$output/$2" || exit 73
}

if [ $# != 1 ]; then
  echo 'usage: render.sh DIRECTORY' >&2
  exit 64
fi
output=$1
[[ $output == /* ]] || output=$PWD/$output
readPaths
readListeners
readNetworks
readRedis
readLimits
readWorkers
readModules
if [ ${#faults[@]} -gt 0 ]; then
  printf 'render.sh: %s\n' "${faults[@]}" >&2
  exit 78
fi
mkdir -p "$output/temp" "$K_RUN_DIR/pids" "$K_LOG_DIR" || exit 73
# Addresses and names of people are in there.
[ ! -O "$K_LOG_DIR" ] || chmod 750 "$K_LOG_DIR" || exit 73
write settings.lua settings.lua 600
write maps.conf maps.conf
write logs.conf logs.conf
write locations.conf locations.conf
write $servers.conf servers.conf
write nginx.conf nginx.conf
