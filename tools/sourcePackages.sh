# Fetches source packages of other suites with apt-get, without root and without a change of the machine's
# apt: apt gets directories of its own; archive address and key come from the machine's sources. Sourced.

# Every archive that the machine's apt knows for its own release, best first.
archiveAddresses() {
  local codename
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  apt-get update --print-uris 2>/dev/null |
    sed -nE "s#^'([^']+)/dists/([^/']+)/(InRelease|Release)'.*#\2 \1#p" |
    awk -v own="$codename" '
      $1 == own { print 1, $2 }
      $1 ~ /^(stable|oldstable|testing|unstable|sid)$/ { print 2, $2 }' |
    sort -u | awk '!seen[$2]++ { print $2 }'
}

# The key file that the machine's sources name for an archive address, if any.
archiveKey() {
  local address=$1 key
  key=$(cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
    awk -v RS= -v address="$address" 'index($0, address)' |
    sed -nE 's/^Signed-By:[ \t]*(\/[^ \t]+).*/\1/p' | head -n 1)
  [ -n "$key" ] || key=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
    grep -F "$address" | sed -nE 's/^deb.*signed-by=([^] ]+).*/\1/p' | head -n 1)
  [ -n "$key" ] || key=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -r "$key" ] && echo "$key"
}

# A dated snapshot's release files are past their date; the machine's own sources say whether that is meant.
archiveCheckValid() {
  if cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -qi 'check-valid-until[:=] *no'; then
    echo false
  else
    apt-config dump --format '%v%n' Acquire::Check-Valid-Until | head -n 1
  fi
}

# fetchSource PACKAGE "SUITE..." LOWESTVERSION DIRECTORY: leaves the unpacked-to-be tar files in DIRECTORY and
# prints the version. Tries the suites in order.
fetchSource() {
  local package=$1 suites=$2 lowest=$3 directory=$4 address suite key version apt
  mkdir -p "$directory"
  for address in $(archiveAddresses); do
    key=$(archiveKey "$address") || key=
    for suite in $suites; do
      apt=$directory/apt-$suite
      mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache/archives/partial"
      printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\n' "$address" "$suite" >"$apt/parts/source.sources"
      [ -z "$key" ] || printf 'Signed-By: %s\n' "$key" >>"$apt/parts/source.sources"
      cat >"$apt/apt.conf" <<EOF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$apt/parts";
Dir::State::Lists "$apt/lists";
Dir::Cache "$apt/cache";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::Check-Valid-Until "$(archiveCheckValid)";
EOF
      apt-get -c "$apt/apt.conf" update -qq >&2 || continue
      version=$(apt-cache -c "$apt/apt.conf" showsrc --only-source "$package" 2>/dev/null |
        sed -n 's/^Version: //p' | sort -V | tail -n 1)
      if [ -z "$version" ] || dpkg --compare-versions "$version" lt "$lowest"; then
        echo "$package ${version:-is absent} in $suite, at least $lowest is needed" >&2
        continue
      fi
      (cd "$directory" && apt-get -c "$apt/apt.conf" source --download-only --tar-only "$package=$version" >&2) || continue
      rm -rf "$apt"
      echo "$version"
      return 0
    done
  done
  echo "no suite of \"$suites\" offers $package >= $lowest, or the archive cannot be reached" >&2
  return 1
}

# unpackSource DIRECTORY PACKAGE: the original archive's content into DIRECTORY/tree.
unpackSource() {
  mkdir -p "$1/tree"
  tar -xf "$(echo "$1/$2"_*.orig.tar.*)" -C "$1/tree" --strip-components=1
}
