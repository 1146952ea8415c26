# Packages of the distribution that building, running and testing need. Sourced.

aptPackages=(
  # build
  g++ cmake ninja-build ccache dpkg-dev pkg-config
  libsodium-dev libcrypt-dev libutf8proc-dev libidn2-dev libicu-dev libhiredis-dev nlohmann-json3-dev libspdlog-dev libfmt-dev libsimdjson-dev
  libssl-dev libpq-dev libcurl4-openssl-dev libqrencode-dev
  # run
  nginx libnginx-mod-http-lua lua-nginx-redis redis-server postgresql
  curl iproute2 util-linux
  # test
  python3 chromium wrk clang clang-format clang-tidy libclang-rt-dev prometheus
)

missingAptPackages() {
  local -A have=()
  local name state
  while read -r name state; do
    [ "$state" = installed ] && have[$name]=1
  done < <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${aptPackages[@]}" 2>/dev/null)
  for name in "${aptPackages[@]}"; do
    [ -n "${have[$name]:-}" ] || echo "$name"
  done
  # Node may come from elsewhere than the distribution: the command counts, not the package.
  command -v node >/dev/null || echo nodejs
  command -v npm >/dev/null || echo npm
}

# Services of packages that are new here must neither start nor be enabled: we run private ones.
installAptPackages() {
  local log=$1 policy=/usr/sbin/policy-rc.d asRoot='' service
  shift
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || return 2
    asRoot='sudo -n'
  fi
  local madePolicy=
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | $asRoot tee $policy >/dev/null
    $asRoot chmod 755 $policy
    madePolicy=1
  fi
  local failed=0
  {
    $asRoot apt-get update -q &&
      $asRoot env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
  } >"$log" 2>&1 </dev/null || failed=1
  [ -z "$madePolicy" ] || $asRoot rm -f $policy
  for service in nginx redis-server postgresql prometheus; do
    if [[ " $* " == *" $service "* ]] && command -v deb-systemd-helper >/dev/null; then
      $asRoot deb-systemd-helper disable $service.service >>"$log" 2>&1 || true
    fi
  done
  return $failed
}
